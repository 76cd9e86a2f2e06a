import { sequenceNumber, shardId } from "@freshet/model";
import { outcomesOf } from "@freshet/storage";
import { expect, it } from "vitest";
import { eachEvent } from "../../collector/event.js";
import type { Intake } from "../../collector/intake.js";
import { createSender } from "./sender.js";

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it("is drained only when no acknowledgement is under way any more, also after a failure", async () => {
  let calls = 0;
  const intake: Intake = {
    async accept(events) {
      if (++calls === 2) throw new Error("the second fails at once");
      const stored = { kind: "stored", shard: shardId("s"), sequence: sequenceNumber(1) } as const;
      return outcomesOf(eachEvent(events).map(() => stored));
    },
  };
  const log: string[] = [];
  const sender = createSender<string>({
    intake,
    sleep: later,
    async acknowledge({ mark }) {
      log.push(`${mark} begins`);
      for (let turn = 0; turn < 20; turn++) await later();
      log.push(`${mark} ends`);
    },
  });
  await sender.submit({ events: [{}], arrivalMs: null, mark: "first" });
  await sender.submit({ events: [{}], arrivalMs: null, mark: "second" });
  await expect(sender.drain()).rejects.toThrow("the second fails at once");
  expect(log).toEqual(["first begins", "first ends"]);
});
