import { type EpochMs, encodeKey, paneStart, type ShardId, type TopAnswer } from "@freshet/model";
import fc from "fast-check";
import { expect, test } from "vitest";
import { aVisit, visitsApp } from "../testing/visits.js";
import type { WorldEvent } from "../testing/groups.js";
import { openWorld, until } from "../testing/world.js";

const SEED = 20_261_121;
const RUNS = 10;
const MINUTE = 60_000;
const T0 = Math.floor(1_750_000_000_000 / (60 * MINUTE)) * 60 * MINUTE;
const PAGES = ["x", "y", "", "é", "__proto__", "10", "9", "a\u0000b", "%", "it's"];

const visitOf = fc.record({
  page: fc.constantFrom(...PAGES),
  bytes: fc.integer({ min: -50, max: 1_000_000 }),
  lateMs: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 20_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 9 * MINUTE }) },
  ),
});
const segmentOf = fc.record({
  shard: fc.nat(1),
  ticks: fc.integer({ min: 1, max: 40 }),
  visits: fc.array(visitOf, { maxLength: 6 }),
});
const worldOf = fc.record({
  segments: fc.array(segmentOf, { minLength: 4, maxLength: 30 }),
  cutAfter: fc.tuple(fc.nat(30), fc.nat(30)),
});

/** Groups by page over a range, as a plain array of events says. */
const oracle = (events: readonly WorldEvent[], fromMs: number, toMs: number) => {
  const rows = new Map<string, { key: string; views: number; bytes: number }>();
  for (const { timeMs, key, inputs } of events) {
    const pane = paneStart(timeMs as EpochMs, MINUTE as never, "UTC");
    if (pane < fromMs || pane >= toMs) continue;
    const row = rows.get(key) ?? { key, views: 0, bytes: 0 };
    rows.set(key, { key, views: row.views + 1, bytes: row.bytes + Number(inputs[1]) });
  }
  return [...rows.values()].sort((a, b) => b.views - a.views || (a.key < b.key ? -1 : 1));
};

const plain = ({ rows }: TopAnswer) =>
  rows.map(({ key, values }) => ({
    key: encodeKey([key["page"] as string]) as string,
    views: values["views"],
    bytes: values["bytes"],
  }));

test(`for any stream, split and cut, batch and live together equal a plain count (seed ${SEED})`, async () => {
  const met = { late: 0, settled: 0, live: 0, seam: 0, open: 0 };
  await fc.assert(
    fc.asyncProperty(worldOf, async ({ segments, cutAfter }) => {
      const world = await openWorld(2);
      await world.publish(visitsApp);
      const clock = new Map<ShardId, number>();
      const written = new Map<ShardId, number[]>(world.shards.map((shard) => [shard, []]));
      const last = new Map(
        world.shards.map((shard, index) => [shard, segments.findLastIndex((each) => each.shard === index)]),
      );
      const events: WorldEvent[] = [];
      for (const [index, { shard: at, ticks, visits }] of segments.entries()) {
        const shard = world.shards[at] as ShardId;
        const tick = (clock.get(shard) ?? T0 / 1000) + ticks;
        clock.set(shard, tick);
        const those = visits.map(({ page, bytes, lateMs }) =>
          aVisit(tick * 1000 + 500 - lateMs, page, bytes),
        );
        met.late += visits.filter(({ lateMs }) => lateMs > MINUTE).length;
        events.push(...those);
        const finished = index !== last.get(shard);
        if (!finished) met.open++;
        await world.segment(shard, tick, those, { finished, lake: index % 3 === 0 });
        if (finished) written.get(shard)?.push(tick);
      }
      world.nowMs = T0 + 30 * MINUTE;
      await world.tipAll();
      const reader = await world.reader();
      const check = async () => {
        for (const [window, minutes] of [
          ["1m", 1],
          ["5m", 5],
          ["30m", 30],
        ] as const) {
          for (const end of [T0, T0 + 2 * MINUTE, T0 + 7 * MINUTE, T0 + 20 * MINUTE]) {
            const answer = await reader.top("visits", { window, by: "views", limit: 100, at: String(end) });
            expect(plain(answer)).toEqual(oracle(events, end - minutes * MINUTE, end));
            expect(answer.status).not.toBe("partial");
            met[answer.status as "settled" | "live"]++;
          }
        }
        for (const page of PAGES) {
          const series = await reader.series("visits", {
            key: { page },
            from: String(T0 - 10 * MINUTE),
            to: String(T0 + 20 * MINUTE),
          });
          const counted = series.points.map(({ time, values }) => {
            const from = Date.parse(time);
            const found = oracle(events, from, from + MINUTE).find(({ key }) => key === encodeKey([page]));
            expect([time, values]).toEqual([time, { views: found?.views ?? 0, bytes: found?.bytes ?? 0 }]);
            return values["views"] as number;
          });
          const statuses = new Set(
            series.points.filter((_, at) => (counted[at] ?? 0) > 0).map(({ status }) => status),
          );
          if (statuses.size === 2) met.seam++;
        }
      };
      await check();
      const through = world.shards.map(
        (shard, index) =>
          [shard, written.get(shard)?.[cutAfter[index] ?? 0] ?? written.get(shard)?.at(-1) ?? -1] as const,
      );
      await world.generation(Object.fromEntries(through));
      await until(() => reader.status().generation?.generation === 1);
      await check();
      expect(world.warnings).toEqual([]);
      await world.close();
    }),
    { seed: SEED, numRuns: RUNS },
  );
  for (const [what, count] of Object.entries(met))
    expect([what, count]).toEqual([what, expect.toSatisfy((n: number) => n > 3)]);
}, 60_000);
