import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSpool } from "@freshet/sdk/node";
import { eachOutcome, outcomesOf, StorageError } from "@freshet/storage";
import Fastify from "fastify";
import { describe, expect, it, onTestFinished } from "vitest";
import { readLog, shop, temporaryData } from "../fixtures.js";
import { collectorPlugin } from "./collectorPlugin.js";
import { eachEvent } from "./event.js";
import { createIntake, type Intake } from "./intake.js";
import type { IntakeOutcome } from "./outcome.js";
import { createSpooledIntake } from "./spooledIntake.js";

const NOW = "2026-03-01T00:00:00.000Z";
const anOrder = (id: string, more: object = {}): object => ({ type: "order", id, time: NOW, n: 1, ...more });

type Mood = "takes" | "throttles" | "fails" | "throttles some";

/** The real intake of an embedded log, which takes events only when it is in the mood. */
const aCollector = async (bytesMax: number) => {
  const data = await temporaryData();
  const directory = await mkdtemp(join(tmpdir(), "freshet-spool-"));
  const real = createIntake({ log: data.log, app: shop.document, now: () => Date.parse(NOW) });
  const log = { mood: "takes" as Mood };
  const moody: Intake = {
    async accept(events, options) {
      switch (log.mood) {
        case "takes":
          return real.accept(events, options);
        case "fails":
          throw new StorageError("unavailable", "no connection");
        case "throttles":
          return outcomesOf<IntakeOutcome>(
            eachEvent(events).map(() => ({ kind: "throttled", retryAfterMs: 3_000 })),
          );
        case "throttles some": {
          const [first, ...rest] = eachEvent(events);
          const stored = first === undefined ? [] : eachOutcome(await real.accept([first], options));
          const throttled = { kind: "throttled", retryAfterMs: 1_000 } as const;
          return outcomesOf([...stored, ...rest.map(() => throttled)]);
        }
      }
    },
  };
  const intake = createSpooledIntake({ intake: moody, spool: await openSpool({ directory, bytesMax }) });
  const server = Fastify();
  await server.register(collectorPlugin(intake));
  onTestFinished(async () => {
    await server.close();
    await intake.close();
    await rm(directory, { recursive: true, force: true });
    await data.remove();
  });
  const post = async (...events: object[]) => {
    const answer = await server.inject({ method: "POST", url: "/v1/events", payload: events });
    const { outcomes = [] } = answer.json<{ outcomes?: { status: string }[] }>();
    return {
      status: answer.statusCode,
      retryAfter: answer.headers["retry-after"],
      outcomes: outcomes.map(({ status }) => status),
      detail: answer.json<{ detail?: string }>().detail,
    };
  };
  const idsInLog = async (): Promise<string[]> => {
    const { events } = await readLog(data.log);
    return events.map(({ text }) => JSON.parse(text).id).toSorted((a, b) => (a < b ? -1 : 1));
  };
  return { log, post, intake, idsInLog, data };
};

describe("a collector with a spool", () => {
  it.each(["throttles", "fails"] as const)(
    "answers 200 for what is on its disk while the log %s, and brings it into the log after",
    async (mood) => {
      const { log, post, intake, idsInLog } = await aCollector(10_000);
      log.mood = mood;
      expect(await post(anOrder("a"), anOrder("b"))).toMatchObject({
        status: 200,
        outcomes: ["spooled", "spooled"],
      });
      expect(await idsInLog()).toEqual([]);
      log.mood = "takes";
      expect(await post(anOrder("c"))).toMatchObject({ status: 200, outcomes: ["stored"] });
      await intake.empty();
      expect(await idsInLog()).toEqual(["a", "b", "c"]);
    },
  );

  it("answers 503 with Retry-After, and never 200, when its spool is full", async () => {
    const { log, post, intake, idsInLog } = await aCollector(200);
    log.mood = "throttles";
    expect((await post(anOrder("a"))).outcomes).toEqual(["spooled"]);
    const full = await post(anOrder("b"), anOrder("c"), anOrder("d"));
    expect(full).toMatchObject({ status: 503, retryAfter: "3", outcomes: [] });
    expect(full.detail).toContain("none of the events is in the log");
    log.mood = "fails";
    expect((await post(anOrder("b"), anOrder("c"), anOrder("d"))).detail).toContain("is not known");
    log.mood = "throttles some";
    expect(await post(anOrder("e"), anOrder("f"), anOrder("g"), anOrder("h"))).toMatchObject({
      status: 207,
      outcomes: ["stored", "throttled", "throttled", "throttled"],
    });
    log.mood = "takes";
    await intake.empty();
    expect(await idsInLog()).toEqual(["a", "e"]);
  });

  it("keeps what its sender may not set out of the log, and what names its trace in it", async () => {
    const { log, post, intake, data } = await aCollector(10_000);
    log.mood = "throttles";
    const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    await post(anOrder("a", { $trace: trace, $bounds: [1e13, 0], time: 0 }));
    log.mood = "takes";
    await intake.empty();
    const { events } = await readLog(data.log);
    expect(events.map(({ text }) => JSON.parse(text))).toEqual([anOrder("a", { $trace: trace, time: 0 })]);
  });
});
