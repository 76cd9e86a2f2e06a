import {
  decodeIncrement,
  type Measure,
  type MeasureSpec,
  measureFor,
  OTHER_KEY,
  type Reason,
} from "@freshet/model";
import { describe, expect, it } from "vitest";
import type { Columns as PlainColumns } from "../testing/clear/columns.js";
import { createSegmentFold as createPlainFold } from "../testing/clear/segmentFold.js";
import { createDice, type Dice } from "../world/dice.sim.js";
import { columnsOf, type KeyHash, wellMixed } from "./fixtures/columnsOf.js";
import {
  atTick,
  createPlainIdentities,
  type EventShape,
  longestMeasure,
  type MetricShape,
  randomColumns,
} from "./fixtures/run.js";
import { createIdentitySet } from "./identitySet.js";
import { createSegmentFold, outOfBounds } from "./segmentFold.js";

const SEGMENT_MS = 1_000;
const HORIZON = 5;
const FIRST_TICK = 1_700_000_000;
const MINUTE = 60_000;

const text = (value: string): string => `\x05${value.replaceAll("\x00", "\x00\xff")}\x00\x01`;

const specs: readonly MeasureSpec[] = [
  { kind: "count" },
  { kind: "sum" },
  { kind: "min" },
  { kind: "max" },
  { kind: "countDistinct", lgK: 4 },
  { kind: "countDistinct", lgK: 6 },
  { kind: "countDistinct", lgK: 11 },
  { kind: "countDistinct", lgK: 21 },
  { kind: "quantiles", relativeError: 0.5, probabilities: [0.5] },
  { kind: "quantiles", relativeError: 0.01, probabilities: [0.5] },
  { kind: "quantiles", relativeError: 0.0002, probabilities: [0.5] },
];
const everyMeasure: readonly Measure[] = [...specs.map(measureFor), longestMeasure];

const integers: readonly ((dice: Dice) => number)[] = [
  () => 0,
  () => -0,
  (dice) => dice.integer(200) - 100,
  (dice) => dice.integer(2 ** 31) - 2 ** 30,
  (dice) => dice.integer(2 ** 31) * 2 ** 22,
  (dice) => -dice.integer(2 ** 31) * 2 ** 22,
  () => Number.MAX_SAFE_INTEGER,
  () => Number.MIN_SAFE_INTEGER,
];

const anyInput: MetricShape["inputOf"] = (spec, dice) => {
  if (dice.chance(0.1)) return undefined;
  if (spec.kind === "count") return null;
  if (dice.chance(0.05)) return null;
  if (spec.kind !== "countDistinct") return dice.pick(integers)(dice);
  return dice.chance(0.1) ? dice.pick(["", "a", "\u{1f600}", true, false]) : dice.integer(40_000) - 50;
};

const keyKinds: readonly ((dice: Dice) => string)[] = [
  (dice) => text(`k${dice.integer(30)}`),
  (dice) => text(`article-${dice.integer(2_000)}`) + text(`c${dice.integer(4)}`),
  (dice) => text("\x00".repeat(dice.integer(10)) + dice.pick(["", "\x00", "a"])),
  (dice) => text("\xc3\xbf".repeat(dice.integer(9))),
  (dice) => `\x04\x80\x00\x00\x00\x00\x00\x00${String.fromCharCode(dice.integer(256))}`,
  (dice) =>
    dice.pick([
      "\x01",
      "\x02",
      "\x03",
      "",
      "\x00",
      "\x00\x00",
      "\x00\x00\x00\x00\x00",
      "\x00\x00\x00\x00\x01",
    ]),
  (dice) => text("long".repeat(dice.integer(60))),
];

const metricShape = (over: Partial<MetricShape> & Pick<MetricShape, "definition">): MetricShape => ({
  measures: everyMeasure,
  groupsMax: 1_000_000,
  keyOf: (dice) => dice.pick(keyKinds)(dice),
  paneOf: (dice) => FIRST_TICK * SEGMENT_MS - ((FIRST_TICK * SEGMENT_MS) % MINUTE) - MINUTE * dice.integer(3),
  countedOf: (dice) => dice.chance(0.8),
  inputOf: anyInput,
  ...over,
});

const reasons: readonly Reason[] = [
  "malformed",
  "too_large",
  "unknown_type",
  "missing_field",
  "out_of_range",
];

const eventShape: EventShape = {
  identities: 30_000,
  timeOf: (dice) => FIRST_TICK * SEGMENT_MS + dice.integer(30_000) - 15_000,
  reasonOf: (dice) => (dice.chance(0.02) ? dice.pick(reasons) : undefined),
  boundsMs: 14_000,
};

const hash = (name: string): string => Buffer.from(name.padEnd(16, ".")).toString("hex");

/** What a run saw of what it is there to try. */
const newTally = () => ({
  accepted: 0,
  duplicates: 0,
  forgotten: 0,
  outOfBounds: 0,
  rejected: 0,
  groups: 0,
  panes: 0,
  overflows: 0,
  others: 0,
  bigSums: 0,
  denseRegisters: 0,
  sparseRegisters: 0,
  wideHistograms: 0,
  bodies: 0,
});
type Tally = ReturnType<typeof newTally>;

const measuresOf =
  (metrics: readonly MetricShape[]) =>
  (definition: string): readonly Measure[] | null =>
    metrics.find((metric) => metric.definition === definition)?.measures ?? null;

const tallyBody = (tally: Tally, body: Uint8Array, metrics: readonly MetricShape[]): void => {
  tally.bodies++;
  for (const { definition, overflow, groups } of decodeIncrement(body, measuresOf(metrics)).metrics) {
    const measures = measuresOf(metrics)(definition) ?? [];
    if (overflow) tally.overflows++;
    tally.groups += groups.length;
    tally.panes = Math.max(tally.panes, new Set(groups.map(({ paneMs }) => paneMs)).size);
    for (const { key, states } of groups) {
      if (key === OTHER_KEY) tally.others++;
      states.forEach((state, index) => {
        const kind = measures[index]?.spec.kind;
        if (kind === "sum" && typeof state === "bigint") tally.bigSums++;
        if (kind === "countDistinct") {
          if (state instanceof Uint8Array) tally.denseRegisters++;
          else tally.sparseRegisters++;
        }
        if (kind === "quantiles" && (state as unknown[]).length > 100) tally.wideHistograms++;
      });
    }
  }
};

interface Run {
  readonly dice: Dice;
  readonly metrics: readonly MetricShape[];
  readonly events?: Partial<EventShape>;
  readonly segments: number;
  readonly batches: number;
  readonly batchEvents: number;
  readonly hashOf?: KeyHash;
  /** Bodies are compared after every batch, not only at a segment's end. */
  readonly openBodies?: boolean;
}

/** Folds the same random events by both folds, and holds all that they say equal. */
const compare = (run: Run, tally: Tally): void => {
  const { dice, metrics, hashOf = wellMixed } = run;
  const plainIdentities = createPlainIdentities(HORIZON);
  const identities = createIdentitySet(HORIZON);
  const shape = { ...eventShape, ...run.events };
  const scan = (events: number): PlainColumns => randomColumns(dice, events, shape, metrics);
  for (let segment = 0; segment < run.segments; segment++) {
    const tick = atTick(FIRST_TICK + segment * (1 + dice.integer(3)));
    const empty = scan(0);
    const plain = createPlainFold(tick, SEGMENT_MS, plainIdentities, empty);
    const fold = createSegmentFold(tick, SEGMENT_MS, identities, columnsOf(empty));
    const same = (): void => {
      expect(fold.counts()).toEqual(plain.counts());
      expect(Object.keys(fold.counts().rejected)).toEqual(Object.keys(plain.counts().rejected));
      expect(fold.newestTimeMs).toBe(plain.newestTimeMs);
      const body = fold.body();
      expect(Buffer.compare(body, plain.body())).toBe(0);
      tallyBody(tally, body, metrics);
    };
    for (let batch = 0; batch < run.batches; batch++) {
      const events = scan(dice.integer(run.batchEvents));
      const columns = columnsOf(events, hashOf);
      const from = dice.integer(Math.min(3, events.events + 1));
      const expected: [number, Reason][] = [];
      const found: [number, Reason][] = [];
      plain.fold(events, from, events.events, (index, reason) => expected.push([index, reason]));
      fold.fold(columns, from, columns.count, (index, reason) => found.push([index, reason]));
      plain.addRecords(1);
      fold.addRecords(1);
      expect(found).toEqual(expected);
      if (run.openBodies) same();
    }
    same();
    fold.release();
    const counts = fold.counts();
    tally.accepted += counts.accepted;
    tally.duplicates += counts.duplicates;
    tally.outOfBounds += counts.rejected.time_out_of_bounds ?? 0;
    tally.rejected += Object.values(counts.rejected).reduce((sum, count) => sum + count, 0);
  }
};

describe("the columnar fold equals the clear one", () => {
  it.each([1, 2, 3])(
    "with every measure, many kinds of keys, duplicates and late events (seed %i)",
    (seed) => {
      const tally = newTally();
      const metrics = [
        metricShape({ definition: hash("every") }),
        metricShape({
          definition: hash("few"),
          measures: everyMeasure.slice(0, 2),
          keyOf: keyKinds[1] as (dice: Dice) => string,
        }),
        metricShape({ definition: hash("none"), countedOf: () => false }),
        metricShape({ definition: hash("without measures"), measures: [] }),
      ];
      compare({ dice: createDice(seed), metrics, segments: 4, batches: 4, batchEvents: 4_000 }, tally);
      expect(tally.accepted).toBeGreaterThan(10_000);
      expect(tally.duplicates).toBeGreaterThan(1_000);
      expect(tally.outOfBounds).toBeGreaterThan(300);
      expect(tally.rejected - tally.outOfBounds).toBeGreaterThan(300);
      expect(tally.groups).toBeGreaterThan(5_000);
      expect(tally.bigSums).toBeGreaterThan(100);
      expect(tally.denseRegisters).toBeGreaterThan(100);
    },
  );

  it.each([4, 5])("in the few groups where states grow dense (seed %i)", (seed) => {
    const tally = newTally();
    const metrics = [metricShape({ definition: hash("hot"), keyOf: (dice) => text(`k${dice.integer(3)}`) })];
    compare(
      { dice: createDice(seed), metrics, segments: 2, batches: 12, batchEvents: 6_000, openBodies: true },
      tally,
    );
    expect(tally.bodies).toBeGreaterThan(20);
    expect(tally.denseRegisters).toBeGreaterThan(200);
    expect(tally.sparseRegisters).toBeGreaterThan(50);
    expect(tally.wideHistograms).toBeGreaterThan(100);
    expect(tally.bigSums).toBeGreaterThan(50);
  });

  it("past groupsMax, in log order, in each of many panes", () => {
    const tally = newTally();
    const metrics = [1, 7, 500].map((groupsMax) =>
      metricShape({
        definition: hash(`max ${String(groupsMax).padStart(3, "0")}`),
        groupsMax,
        measures: everyMeasure.slice(0, 3),
        paneOf: (dice) => MINUTE * (dice.integer(dice.pick([2, 400])) - 200),
      }),
    );
    compare(
      { dice: createDice(6), metrics, segments: 4, batches: 4, batchEvents: 2_000, openBodies: true },
      tally,
    );
    expect(tally.overflows).toBeGreaterThan(40);
    expect(tally.others).toBeGreaterThan(1_000);
    expect(tally.panes).toBeGreaterThan(200);
  });

  it.each([
    ["one hash for all", () => 7],
    ["a hash of the first byte", (key: Uint8Array) => (key[0] ?? 0) << 26],
    ["a hash of the length", (key: Uint8Array) => key.length],
  ])("whatever keys collide: %s", (_, hashOf) => {
    const tally = newTally();
    const metrics = [metricShape({ definition: hash("collide"), measures: everyMeasure.slice(0, 2) })];
    compare({ dice: createDice(7), metrics, hashOf, segments: 2, batches: 3, batchEvents: 1_500 }, tally);
    expect(tally.groups).toBeGreaterThan(1_000);
  });

  it("with keys that only their ends tell apart, by zeros and by length", () => {
    const tally = newTally();
    const zeros = (dice: Dice): string => "\x00".repeat(dice.integer(300));
    const ending = (dice: Dice): string =>
      Array.from({ length: dice.integer(5) }, () => dice.pick(["\x00", "\x01", "\x7f", "\xfe"])).join("");
    const ends: readonly ((dice: Dice) => string)[] = [
      (dice) => zeros(dice),
      (dice) => `x${zeros(dice)}${dice.pick(["", "y"])}`,
      (dice) => (dice.chance(0.1) ? `x${"\x00".repeat(dice.integer(4))}` : `x\x00\x00\x00${ending(dice)}`),
      (dice) => `shared ${"\x00".repeat(5)}${ending(dice)}`,
    ];
    const metrics = ends.map((keyOf, index) =>
      metricShape({ definition: hash(`ends ${index}`), measures: everyMeasure.slice(0, 1), keyOf }),
    );
    const events = { identities: 2 ** 30 };
    compare({ dice: createDice(14), metrics, events, segments: 2, batches: 2, batchEvents: 6_000 }, tally);
    expect(tally.groups).toBeGreaterThan(3_000);
  });

  it("with sums that go far past 2^53 in both directions and come back", () => {
    const tally = newTally();
    let sign = 1;
    const metrics = [
      metricShape({
        definition: hash("sums"),
        measures: [measureFor({ kind: "sum" })],
        keyOf: (dice) => text(`k${dice.integer(4)}`),
        inputOf: (_, dice) => {
          if (dice.chance(0.005)) sign = -sign;
          return sign * (Number.MAX_SAFE_INTEGER - dice.integer(3));
        },
      }),
    ];
    const events = { identities: 2 ** 30 };
    compare(
      {
        dice: createDice(8),
        metrics,
        events,
        segments: 2,
        batches: 20,
        batchEvents: 1_000,
        openBodies: true,
      },
      tally,
    );
    expect(tally.bigSums).toBeGreaterThan(100);
  });

  it("with more groups than a page holds, over several bodies", () => {
    const tally = newTally();
    const metrics = [
      metricShape({
        definition: hash("many"),
        measures: specs
          .filter(({ kind }) => kind !== "min")
          .slice(0, 7)
          .map(measureFor),
        keyOf: (dice) => text(`article-${dice.integer(1_000_000)}`) + text(`cluster-${dice.integer(16)}`),
      }),
    ];
    const events = { identities: 2 ** 30 };
    compare(
      {
        dice: createDice(9),
        metrics,
        events,
        segments: 1,
        batches: 5,
        batchEvents: 20_000,
        openBodies: true,
      },
      tally,
    );
    expect(tally.groups).toBeGreaterThan(60_000);
  });

  it("for a segment without events", () => {
    const tally = newTally();
    const metrics = [metricShape({ definition: hash("empty") })];
    compare({ dice: createDice(10), metrics, segments: 2, batches: 0, batchEvents: 0 }, tally);
    compare({ dice: createDice(10), metrics: [], segments: 2, batches: 2, batchEvents: 100 }, tally);
    expect(tally.bodies).toBe(4);
    expect(tally.groups).toBe(0);
  });
});

describe("a body in slices", () => {
  it("is the same in steps of any size, and no step takes much more than it was asked to", () => {
    const metrics = [metricShape({ definition: hash("sliced"), measures: everyMeasure.slice(0, 5) })];
    const columns = columnsOf(
      randomColumns(createDice(11), 20_000, { ...eventShape, identities: 2 ** 30 }, metrics),
    );
    const fold = createSegmentFold(atTick(FIRST_TICK), SEGMENT_MS, createIdentitySet(HORIZON), columns);
    fold.fold(columns, 0, columns.count, () => undefined);
    const body = fold.body();
    for (const groups of [1, 100, 10_000]) {
      const emission = fold.emit();
      let steps = 1;
      let found = emission.step(groups);
      for (; found === null; found = emission.step(groups)) steps++;
      expect(Buffer.compare(found, body)).toBe(0);
      expect(steps).toBeGreaterThan(groups === 10_000 ? 1 : 20);
    }
  });
});

describe("the time bounds", () => {
  it("are inclusive, and relative to the tick's start", () => {
    const shape = { ...eventShape, boundsMs: 10, timeOf: () => 0 };
    const columns = columnsOf(randomColumns(createDice(12), 1, shape, []));
    const isOut = (timeMs: number): boolean => {
      columns.timesMs[0] = timeMs;
      return outOfBounds(columns, 0, 1_000);
    };
    expect([989, 990, 1_010, 1_011].map(isOut)).toEqual([true, false, false, true]);
  });
});
