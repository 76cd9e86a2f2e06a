import {
  count,
  couponOf,
  createEventScanner,
  binOf,
  defineApp,
  encodeKey,
  type GroupKey,
  type MeasureInput,
  metric,
  NO_COUPON,
  REASONS,
  subBitsFor,
  toAppDocument,
} from "@freshet/model";
import { createRecordBatch, oversizeRecord } from "@freshet/storage";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type * as clear from "../testing/clear/columns.js";
import { createScanner as createClearScanner } from "../testing/clear/scan.js";
import {
  type Columns,
  FINGERPRINT_WORDS,
  type KeyColumn,
  type MeasureColumn,
  type MetricColumns,
} from "./columns.js";
import {
  anyApp,
  anyRecord,
  INTEGERS,
  OWN_BOUNDS,
  RELATIVE_ERROR,
  readLookup,
  tap,
  TEXTS,
} from "./fixtures/arbitrary.js";
import { createPlainKernel } from "./fixtures/plainKernel.js";
import { createScanner } from "./scanner.js";

const SEED = 20261123;
const RUNS = 150;
const BATCHES_MAX = 3;
const EVENTS_MAX = 60;
/** How often each must have been seen, at least. */
const TRIED = {
  readable: 5_000,
  "of an older version": 500,
  "with bounds of its own": 500,
  malformed: 100,
  too_large: 400,
  missing_field: 100,
  counted: 6_000,
  "not counted": 6_000,
  "key with zero bytes": 1_000,
  count: 1_000,
  integers: 1_000,
  coupons: 1_000,
  bins: 500,
  "no count": 500,
  "no integers": 500,
  "no coupons": 500,
  "no bins": 300,
};

const keyAt = ({ bytes, starts, ends }: KeyColumn, index: number): GroupKey =>
  Buffer.from(bytes.slice(starts[index], ends[index])).toString("latin1") as GroupKey;

/** What the clear input becomes, so that both can be compared; null: nothing is added. */
const expectedOf = (input: MeasureInput | undefined, kind: MeasureColumn["kind"]): number | null => {
  if (input === undefined || input === null) return null;
  switch (kind) {
    case "count":
      return 1;
    case "coupons":
      return couponOf(input) === NO_COUPON ? null : couponOf(input);
    case "bins":
      return binOf(input as number, subBitsFor(RELATIVE_ERROR)) + 0;
    default:
      return (input as number) + 0;
  }
};

const foundAt = (column: MeasureColumn, index: number): number | null => {
  switch (column.kind) {
    case "count":
      return column.present[index] === 1 ? 1 : null;
    case "integers":
      return column.present[index] === 1 ? column.values[index]! : null;
    case "bins":
      return column.present[index] === 1 ? column.bins[index]! : null;
    case "coupons":
      return column.coupons[index] === NO_COUPON ? null : column.coupons[index]!;
    case "values":
      throw new Error("every measure has a column of its own");
  }
};

const wordsAt = (words: Uint32Array, index: number): string =>
  words.slice(index * FINGERPRINT_WORDS, (index + 1) * FINGERPRINT_WORDS).join();

/** Counts what was seen, so that a test knows that it tried enough. */
const createTally = () => {
  const seen = new Map<string, number>();
  return {
    seen,
    note: (what: string): void => {
      seen.set(what, (seen.get(what) ?? 0) + 1);
    },
  };
};
type Tally = ReturnType<typeof createTally>;

/** Identities and hashes are functions of what they stand for: equal where it is, else different. */
const createPairing = () => {
  const there = new Map<string, string>();
  const back = new Map<string, string>();
  return (a: string, b: string): void => {
    expect(there.get(a) ?? b).toBe(b);
    expect(back.get(b) ?? a).toBe(a);
    there.set(a, b);
    back.set(b, a);
  };
};

const compareMetric = (
  found: MetricColumns,
  expected: clear.MetricColumns,
  index: number,
  tally: Tally,
): void => {
  expect(found.counted[index]).toBe(expected.counted[index]);
  if (expected.counted[index] !== 1) return tally.note("not counted");
  tally.note("counted");
  expect(found.panesMs[index]).toBe(expected.paneMs[index]);
  const key = keyAt(found.keys, index);
  expect(key).toBe(expected.keys[index]);
  if (key.includes("\0\xff")) tally.note("key with zero bytes");
  for (const [measure, column] of found.inputs.entries()) {
    const value = expectedOf(expected.inputs[index]![measure], column.kind);
    expect(foundAt(column, index)).toBe(value);
    tally.note(value === null ? `no ${column.kind}` : column.kind);
  }
};

type Pairing = ReturnType<typeof createPairing>;

const compare = (found: Columns, expected: clear.Columns, tally: Tally, same: Pairing): void => {
  expect(found.count).toBe(expected.events);
  expect(
    found.metrics.map(({ definition, groupsMax, measures }) => [definition, groupsMax, measures.length]),
  ).toEqual(
    expected.metrics.map(({ definition, groupsMax, measures }) => [definition, groupsMax, measures.length]),
  );
  for (let index = 0; index < found.count; index++) {
    const reason = found.reasons[index] === 0 ? undefined : REASONS[found.reasons[index]! - 1];
    expect(reason).toBe(expected.reasons[index]);
    tally.note(reason ?? "readable");
    if (reason !== undefined) continue;
    expect(found.timesMs[index]).toBe(expected.timeMs[index]);
    expect(found.lateMs[index]).toBe(expected.lateMs[index]);
    expect(found.aheadMs[index]).toBe(expected.aheadMs[index]);
    if (found.aheadMs[index] === OWN_BOUNDS[1]) tally.note("with bounds of its own");
    same(wordsAt(expected.fingerprints, index), wordsAt(found.fingerprints, index));
    for (const [metric, columns] of found.metrics.entries())
      compareMetric(columns, expected.metrics[metric]!, index, tally);
  }
};

const rawOf = (text: string | null): clear.RawEvent => {
  const bytes = Buffer.from(text ?? "x".repeat(50));
  return text === null ? { kind: "oversize", bytes: 1_000_000, head: bytes } : { kind: "json", bytes };
};

describe("the columns of a scan", () => {
  for (const [kernel, createKernel] of Object.entries({
    "the plain reader": createPlainKernel,
    "the compiled reader": createEventScanner,
  })) {
    it(`by ${kernel} are those of the clear scanner, for any app and events (seed ${SEED})`, () => {
      const tally = createTally();
      const batches = fc.array(fc.array(anyRecord, { maxLength: EVENTS_MAX, size: "max" }), {
        maxLength: BATCHES_MAX,
        minLength: 1,
      });
      fc.assert(
        fc.property(anyApp, batches, (app, drawn) => {
          const scanner = createScanner(app, readLookup, createKernel);
          const twin = createClearScanner(app, readLookup);
          const batch = createRecordBatch({ digest: "never" });
          const same = createPairing();
          for (const texts of drawn) {
            batch.clear();
            for (const one of texts) if (one?.includes('"$version":1')) tally.note("of an older version");
            for (const one of texts)
              batch.add(one === null ? oversizeRecord(Buffer.alloc(50, "x"), 1_000_000) : Buffer.from(one));
            compare(scanner.scan(batch), twin.scan(texts.map(rawOf)), tally, same);
            for (const [index, one] of texts.entries())
              expect(scanner.describe(batch, index)).toEqual(twin.describe(rawOf(one)));
          }
        }),
        { seed: SEED, numRuns: RUNS, endOnFailure: true },
      );
      for (const [what, least] of Object.entries(TRIED))
        expect(tally.seen.get(what), what).toBeGreaterThan(least);
    });
  }
});

describe("a key's hash", () => {
  const byText = toAppDocument(
    defineApp({
      events: [tap],
      metrics: [
        metric("taps", tap, {
          by: (e) => ({ page: e.page, clicks: e.clicks }),
          measures: () => ({ n: count() }),
        }),
      ],
    }),
  );
  const scanKeys = (keys: readonly (readonly [string, number])[]): KeyColumn => {
    const batch = createRecordBatch({ digest: "never" });
    for (const [page, clicks] of keys)
      batch.add(Buffer.from(JSON.stringify({ type: "tap", id: "x", time: 0, page, clicks })));
    return createScanner(byText, readLookup, createPlainKernel).scan(batch).metrics[0]!.keys;
  };

  it("is a function of the key alone, wherever it lies", () => {
    const keys = TEXTS.flatMap((page) => INTEGERS.map((clicks): [string, number] => [page, clicks]));
    const hashes = new Map<GroupKey, number>();
    for (const order of [keys, [...keys].reverse(), [["shift", 1] as [string, number], ...keys]]) {
      const column = scanKeys(order);
      for (const [index, key] of order.entries()) {
        expect(keyAt(column, index)).toBe(encodeKey(key));
        expect(hashes.get(encodeKey(key)) ?? column.hashes[index]).toBe(column.hashes[index]);
        hashes.set(encodeKey(key), column.hashes[index]!);
      }
    }
    expect(new Set(hashes.values()).size).toBe(hashes.size);
  });

  it("is found for keys of any length, and more of them than there was room for", () => {
    const keys = [1, 4095, 4096, 4097, 20_000].flatMap((size) =>
      ["x", "\0", "é", "ab\0"].map((part, at): [string, number] => [part.repeat(size), at]),
    );
    const column = scanKeys(keys);
    for (const [index, key] of keys.entries()) expect(keyAt(column, index) === encodeKey(key)).toBe(true);
    expect(new Set(keys.map((_, index) => column.hashes[index])).size).toBe(keys.length);
  });

  it("spreads keys that are alike over all of its bits", () => {
    const keys = Array.from({ length: 20_000 }, (_, index): [string, number] => [
      `article-${index >> 3}`,
      index & 7,
    ]);
    const { hashes } = scanKeys(keys);
    for (const shift of [0, 8, 16, 24]) {
      const counts = new Array<number>(256).fill(0);
      for (let index = 0; index < keys.length; index++) counts[(hashes[index]! >>> shift) & 255]!++;
      const expected = keys.length / 256;
      const chiSquare = counts.reduce((total, seen) => total + (seen - expected) ** 2 / expected, 0);
      // 255 degrees of freedom: mean 255, standard deviation 22.6
      expect(chiSquare).toBeLessThan(255 + 6 * 22.6);
    }
  });
});
