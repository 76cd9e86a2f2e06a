import { setTimeout as sleep } from "node:timers/promises";
import { revertTo } from "@freshet/batch-layer";
import type { ShardId } from "@freshet/model";
import { afterEach, describe, expect, it } from "vitest";
import { type Line, openLine } from "./line.js";
import { firstApp, MINUTE_MS, T0, total, viewAt } from "./views.js";

let line: Line;
afterEach(() => line.close());

describe("the oldest generation that is kept", () => {
  it("can stand again after records have expired, and be gone on from", async () => {
    line = await openLine({ shards: 1, app: firstApp });
    const [a] = (await line.open()) as [ShardId];
    const round = async (n: number): Promise<void> => {
      const at = T0 + n * MINUTE_MS;
      await line.append(a, at, [viewAt(at), viewAt(at, "b")]);
      await line.beat(at + 2_000);
      await line.beat(at + 4_000);
      await line.settle({ keep: 2 });
    };
    for (let n = 0; n < 3; n++) await round(n);
    const kept = (await line.data.records.get<{ kept: number[] }>("generation"))!.value.kept;
    expect(kept).toHaveLength(2);
    await revertTo({ data: line.data, generation: kept[0]! });
    expect(await total(line, "by-page", T0 + 3 * MINUTE_MS)).toMatchObject({
      views: 6,
      status: "live",
      missing: [],
    });
    await round(3);
    const manifest = await line.settle({ rebuild: true, keep: 2 });
    expect(manifest.ledger).toMatchObject({ accepted: 8, duplicates: 0 });
    expect(await total(line, "by-page", T0 + 4 * MINUTE_MS)).toMatchObject({ views: 8, missing: [] });
  });
});

describe("a reader that follows", () => {
  it("answers whole or says what it lacks, while records expire, shards split and generations come and go", async () => {
    line = await openLine({ shards: 1, app: firstApp });
    let sent = 0;
    let folded = 0;
    const reader = await line.reader();
    const seen = { partial: 0, live: 0 };
    let running = true;
    const poll = async (): Promise<void> => {
      while (running) {
        const least = folded;
        const answer = await reader.top("by-page", {
          window: "1d",
          at: String(T0 + 86_400_000),
          by: "views",
        });
        const views = answer.rows.reduce((sum, { values }) => sum + Number(values["views"]), 0);
        if (answer.status === "partial") seen.partial++;
        else {
          seen.live++;
          expect(views).toBeGreaterThanOrEqual(Math.min(least, sent));
          expect(views).toBeLessThanOrEqual(sent);
        }
        await sleep(2);
      }
    };
    const polling = poll();
    try {
      for (let n = 0; n < 3; n++) {
        const at = T0 + n * MINUTE_MS;
        for (const shard of await line.open()) {
          sent += 2;
          await line.append(shard, at, [viewAt(at), viewAt(at, "b")]);
        }
        if (n === 1) {
          const [only] = await line.data.log.shards();
          await line.data.log.split(only!.id, 2n ** 127n);
        }
        await line.beat(at + 2_000);
        await line.beat(at + 4_000);
        await line.fold();
        await sleep(100);
        folded = sent;
        await line.land();
        await line.batch({ keep: n % 2 === 0 ? 1 : 2 });
        const { kept, generation } = (await line.data.records.get<{ kept: number[]; generation: number }>(
          "generation",
        ))!.value;
        if (n > 0 && kept[0] !== generation) await revertTo({ data: line.data, generation: kept[0]! });
      }
      await sleep(300);
      const last = await reader.top("by-page", { window: "1d", at: String(T0 + 86_400_000), by: "views" });
      expect(last).toMatchObject({ status: "live", missing: [] });
      expect(last.rows.reduce((sum, { values }) => sum + Number(values["views"]), 0)).toBe(sent);
    } finally {
      running = false;
      await polling;
      await reader.close();
    }
    expect(seen.live).toBeGreaterThan(20);
  });
});
