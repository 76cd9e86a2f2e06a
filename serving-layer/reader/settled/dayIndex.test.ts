import {
  count,
  countDistinct,
  encodeKey,
  type EpochMs,
  event,
  type GroupKey,
  measureFor,
  metric,
  min,
  quantiles,
  sum,
  t,
} from "@freshet/model";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createDayIndex } from "./dayIndex.js";
import { createDayIndexes } from "./dayIndexes.js";

const SEED = 11;
const DAY = Date.UTC(2026, 0, 5);
const MINUTE = 60_000;
const visit = event("visit", { page: t.string(), user: t.string(), bytes: t.integer() });
const { definition } = metric("visits", visit, {
  by: (e) => ({ page: e.page }),
  measures: (e) => ({
    views: count(),
    bytes: sum(e.bytes),
    low: min(e.bytes),
    users: countDistinct(e.user),
    middle: quantiles(e.bytes),
  }),
});
const measures = definition.measures.map(({ spec }) => measureFor(spec));
const pages = fc.constantFrom("", "a", "b", "é", "a\u0000b", "__proto__", "10");
const rows = fc.array(
  fc.record({ page: pages, minute: fc.nat(1_439), bytes: fc.integer({ min: -9, max: 9_999 }) }),
  { maxLength: 60, size: "max" },
);

test(`has each key's rows of a range, as a plain list of them has (seed ${SEED})`, () => {
  let found = 0;
  fc.assert(
    fc.property(rows, fc.nat(1_440), fc.nat(1_440), (given, from, to) => {
      const plain = new Map<string, { key: GroupKey; paneMs: EpochMs; states: unknown[] }>();
      for (const { page, minute, bytes } of given) {
        const key = encodeKey([page]);
        const paneMs = (DAY + minute * MINUTE) as EpochMs;
        const inputs = [null, bytes, bytes, `u${bytes}`, bytes];
        const states = measures.map((measure, index) => measure.add(measure.zero(), inputs[index] ?? null));
        plain.set(`${key} ${paneMs}`, { key, paneMs, states });
      }
      const sorted = [...plain.values()].sort((a, b) =>
        a.key === b.key ? a.paneMs - b.paneMs : a.key < b.key ? -1 : 1,
      );
      const builder = createDayIndex(DAY, measures);
      for (const { key, paneMs, states } of sorted) builder.add(key, paneMs, states);
      const day = builder.finish();
      const range = {
        fromMs: (DAY + from * MINUTE) as EpochMs,
        toExclusiveMs: (DAY + to * MINUTE) as EpochMs,
      };
      const within = sorted.filter(({ paneMs }) => paneMs >= range.fromMs && paneMs < range.toExclusiveMs);
      expect([...day.keysIn(range)].filter((key) => key !== null)).toEqual([
        ...new Set(within.map(({ key }) => key)),
      ]);
      for (const page of ["", "a", "b", "é", "a\u0000b", "__proto__", "10", "none"]) {
        const key = encodeKey([page]);
        const taken: unknown[] = [];
        day.rowsOf(key, range, (paneMs, states) => taken.push({ key, paneMs, states }));
        expect(taken).toEqual(within.filter((row) => row.key === key));
        found += taken.length;
      }
    }),
    { seed: SEED, numRuns: 100 },
  );
  expect(found).toBeGreaterThan(300);
});

test("keeps the days asked for last, and gives no room to one more than all are asked for", async () => {
  let nowMs = 0;
  const loads: string[] = [];
  const indexes = createDayIndexes(
    async (_metric, { path }) => {
      loads.push(path);
      if (path === "bad") throw new Error("it cannot be read");
      return createDayIndex(DAY, measures).finish();
    },
    () => nowMs as EpochMs,
    60 * 100,
  );
  const ask = (path: string, size: number) =>
    indexes.get({ definition, measures }, { path, day: "2026-01-05", rows: size });
  const first = ask("a", 60);
  expect(first).toBeInstanceOf(Promise);
  expect(ask("b", 60)).toBeNull();
  await first;
  expect(ask("a", 60)).not.toBeInstanceOf(Promise);
  await ask("b", 60);
  await expect(ask("bad", 1)).rejects.toThrow("cannot be read");
  await expect(ask("bad", 1)).rejects.toThrow("cannot be read");
  expect(ask("c", 100)).toBeNull();
  nowMs += 61_000;
  await ask("c", 90);
  expect(loads).toEqual(["a", "b", "bad", "bad", "c"]);
});
