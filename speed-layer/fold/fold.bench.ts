import { type GroupKey, measureFor } from "@freshet/model";
import type { Columns as PlainColumns } from "../testing/clear/columns.js";
import { createSegmentFold as createPlainFold } from "../testing/clear/segmentFold.js";
import type { Columns } from "../columns/columns.js";
import { createDice } from "../world/dice.sim.js";
import { columnsOf } from "./fixtures/columnsOf.js";
import { atTick } from "./fixtures/run.js";
import { createIdentitySet, type IdentitySet } from "./identitySet.js";
import { createSegmentFold, type SegmentFold } from "./segmentFold.js";

/*
 * Fold and emission of views of articles by columns, against the clear fold of the same events in the same run: all of it,
 * from judged columns to bodies. Then the slices in which a body of many groups is emitted.
 */

const SEED = 7;
const EVENTS = 400_000;
const BATCH_EVENTS = 4_500;
const SEGMENT_EVENTS = 100_000;
const ARTICLES = 100_000;
const CLUSTERS = 16;
const USERS = 1_000_000;
const DUPLICATES = 0.01;
const ROUNDS = 3;
const START_MS = 1_700_000_040_000;
const SEGMENT_MS = 1_000;
const MANY_GROUPS = 1_000_000;
const STEP_GROUPS = 2_048;
/** A guard against a slip. The clear fold is given its keys as strings, whose hashes stand from the first round on. */
const RATIO_MIN = 1.3;
const STEP_MS_MAX = 20;

const dice = createDice(SEED);
const measures = [
  measureFor({ kind: "count" }),
  measureFor({ kind: "countDistinct", lgK: 11 }),
  measureFor({ kind: "quantiles", relativeError: 0.01, probabilities: [0.5, 0.99] }),
  measureFor({ kind: "sum" }),
];
const definition = "0123456789abcdef0123456789abcdef";

/** Zipf by the inverse of its continuous distribution, exponent 1.1. */
const zipf = (count: number): number => {
  const u = (dice.integer(2 ** 30) + 1) / 2 ** 30;
  const tail = 1 - count ** -0.1;
  return Math.min(count - 1, Math.floor((1 - u * tail) ** -10) - 1);
};

const scan = (events: number, keyOf: (index: number) => string): PlainColumns => {
  const fingerprints = new Uint32Array(events * 4);
  for (let index = 0; index < events; index++) {
    const copied = index > 0 && dice.chance(DUPLICATES);
    for (let word = index * 4; word < index * 4 + 4; word++)
      fingerprints[word] = copied ? (fingerprints[word - 4] as number) : dice.integer(2 ** 32);
  }
  const indexes = Array.from({ length: events }, (_, index) => index);
  return {
    events,
    reasons: indexes.map(() => undefined),
    fingerprints,
    timeMs: new Float64Array(events).fill(START_MS),
    lateMs: new Float64Array(events).fill(60_000),
    aheadMs: new Float64Array(events).fill(60_000),
    metrics: [
      {
        definition,
        measures,
        groupsMax: 10_000_000,
        counted: new Uint8Array(events).fill(1),
        paneMs: new Float64Array(events).fill(START_MS - (START_MS % 60_000)),
        keys: indexes.map((index) => keyOf(index) as GroupKey),
        inputs: indexes.map(() => {
          const dwellMs = 100 + dice.integer(20_000) * (1 + dice.integer(10));
          return [null, dice.integer(USERS), dwellMs, dwellMs];
        }),
      },
    ],
  };
};

const viewKey = (article: number, cluster: number): string =>
  `\x05article-${article}\x00\x01\x05cluster-${cluster}\x00\x01`;

const batches: { readonly plain: PlainColumns; readonly columns: Columns }[] = [];
for (let at = 0; at < EVENTS; at += BATCH_EVENTS) {
  const plain = scan(Math.min(BATCH_EVENTS, EVENTS - at), () =>
    viewKey(zipf(ARTICLES), dice.integer(CLUSTERS)),
  );
  batches.push({ plain, columns: columnsOf(plain) });
}

interface Folded {
  /** Nanoseconds an event. */
  readonly fold: number;
  readonly emission: number;
  readonly bytes: number;
}

/** Of the process, its collector's threads included: what others do on the machine counts less than in elapsed time. */
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

/** Runs either fold over all batches, segment by segment. */
const foldAll = (open: (segment: number) => { add(batch: number): void; body(): Uint8Array }): Folded => {
  globalThis.gc?.(); // what the other fold left behind
  let foldMs = 0;
  let emissionMs = 0;
  let bytes = 0;
  let fold = open(0);
  let events = 0;
  const emit = (): void => {
    const startedMs = cpuMs();
    bytes += fold.body().length;
    emissionMs += cpuMs() - startedMs;
  };
  batches.forEach(({ plain }, batch) => {
    if (events >= SEGMENT_EVENTS) {
      emit();
      fold = open(batch);
      events = 0;
    }
    const startedMs = cpuMs();
    fold.add(batch);
    foldMs += cpuMs() - startedMs;
    events += plain.events;
  });
  emit();
  return { fold: (foldMs * 1e6) / EVENTS, emission: (emissionMs * 1e6) / EVENTS, bytes };
};

const TICK = START_MS / SEGMENT_MS;
const ignore = (): void => undefined;

const foldPlain = (): Folded => {
  const identities = createIdentitySet(120);
  return foldAll((segment) => {
    const first = batches[0]?.plain as PlainColumns;
    const fold = createPlainFold(atTick(TICK + segment), SEGMENT_MS, identities, first);
    return {
      add: (batch) => {
        const { plain } = batches[batch] as (typeof batches)[number];
        fold.fold(plain, 0, plain.events, ignore);
      },
      body: () => fold.body(),
    };
  });
};

const foldColumns = (): Folded => {
  const identities = createIdentitySet(120);
  return foldAll((segment) => {
    const first = batches[0]?.columns as Columns;
    const fold = createSegmentFold(atTick(TICK + segment), SEGMENT_MS, identities, first);
    return {
      add: (batch) => {
        const { columns } = batches[batch] as (typeof batches)[number];
        fold.fold(columns, 0, columns.count, ignore);
      },
      body: () => {
        const body = fold.body();
        fold.release();
        return body;
      },
    };
  });
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
const total = ({ fold, emission }: Folded): number => fold + emission;

foldPlain(); // warm
foldColumns();
const rounds = Array.from({ length: ROUNDS }, () => ({ plain: foldPlain(), columns: foldColumns() }));
for (const { plain, columns } of rounds)
  if (plain.bytes !== columns.bytes) throw new Error("bodies of different length");
console.log(
  JSON.stringify({
    name: "fold: judge, fold and emit an event by columns, four measures",
    value: median(rounds.map(({ columns }) => total(columns))),
    unit: "ns of CPU",
    ratio: median(rounds.map(({ plain, columns }) => total(plain) / total(columns))),
    against: "the clear fold's rate",
    min: RATIO_MIN,
    seed: SEED,
    events: EVENTS,
    segmentEvents: SEGMENT_EVENTS,
    foldNs: median(rounds.map(({ columns }) => columns.fold)),
    emissionNs: median(rounds.map(({ columns }) => columns.emission)),
    clearFoldNs: median(rounds.map(({ plain }) => plain.fold)),
    clearEmissionNs: median(rounds.map(({ plain }) => plain.emission)),
  }),
);
batches.length = 0;

/** Every group is met once, then views come to the same groups by Zipf. */
const foldMany = (): SegmentFold => {
  let met = 0;
  const keyOf = (): string => {
    const group = met < MANY_GROUPS ? met++ : zipf(MANY_GROUPS);
    return viewKey(Math.floor(group / CLUSTERS), group % CLUSTERS);
  };
  const forgetful: IdentitySet = { see: () => false, touch: () => undefined, slots: 0 };
  const fold = createSegmentFold(atTick(TICK), SEGMENT_MS, forgetful, columnsOf(scan(1, () => "")));
  for (let at = 0; at < 2 * MANY_GROUPS; at += BATCH_EVENTS) {
    const columns = columnsOf(scan(BATCH_EVENTS, keyOf));
    fold.fold(columns, 0, columns.count, ignore);
  }
  return fold;
};

const emission = foldMany().emit();
const steps: number[] = [];
for (let body: Uint8Array | null = null; body === null; ) {
  const startedMs = cpuMs();
  body = emission.step(STEP_GROUPS);
  steps.push(cpuMs() - startedMs);
}
steps.sort((a, b) => a - b);
console.log(
  JSON.stringify({
    name: "fold: the slice of an emission that only one in a thousand exceeds",
    value: steps[Math.floor(steps.length * 0.999)],
    unit: "ms of CPU",
    max: STEP_MS_MAX,
    seed: SEED,
    groups: MANY_GROUPS,
    stepGroups: STEP_GROUPS,
    steps: steps.length,
    longestMs: steps.at(-1),
    allMs: steps.reduce((sum, ms) => sum + ms, 0),
  }),
);
