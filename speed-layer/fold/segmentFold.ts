import { type EpochMs, type LedgerCounts, type Reason, REASONS, type Tick } from "@freshet/model";
import type { Columns } from "../columns/columns.js";
import { createEmission, type Emission } from "./emission.js";
import type { IdentitySet } from "./identitySet.js";
import { createMetricFold } from "./metricFold.js";
import { createSlabs } from "./slabs.js";

/** One segment on its way: what its events add up to. */
export interface SegmentFold {
  /** Folds the events `from` to `toExclusive`. Those that cannot be counted are given to `reject`, in their order. */
  fold(columns: Columns, from: number, toExclusive: number, reject: Reject): void;
  addRecords(records: number): void;
  counts(): LedgerCounts;
  readonly newestTimeMs: EpochMs | null;
  /** The increment so far: a function of the events and the rules alone. */
  body(): Uint8Array;
  /** The same in slices. */
  emit(): Emission;
}

export type Reject = (index: number, reason: Reason) => void;

/** Time bounds are inclusive, and relative to the segment's tick, not to the event's own arrival stamp. */
export const outOfBounds = (columns: Columns, index: number, tickStartMs: number): boolean => {
  const time = columns.timesMs[index] as number;
  return (
    time < tickStartMs - (columns.lateMs[index] as number) ||
    time > tickStartMs + (columns.aheadMs[index] as number)
  );
};

const TIME_OUT_OF_BOUNDS = REASONS.indexOf("time_out_of_bounds");
const TOUCHED_EVENTS = 128;
/** Indexes of the events that are accepted, of the run at hand. */
let accepted = new Int32Array(0);

export const createSegmentFold = (
  tick: Tick,
  segmentMs: number,
  identities: IdentitySet,
  empty: Columns,
): SegmentFold => {
  const slabs = createSlabs();
  const metrics = empty.metrics.map((metric) => createMetricFold(metric, slabs));
  const tickStartMs = tick * segmentMs;
  const rejected = new Float64Array(REASONS.length);
  let records = 0;
  let events = 0;
  let acceptedEvents = 0;
  let duplicates = 0;
  let newestTimeMs = Number.NEGATIVE_INFINITY;

  const refuse = (index: number, reason: number, reject: Reject): void => {
    rejected[reason] = (rejected[reason] as number) + 1;
    reject(index, REASONS[reason] as Reason);
  };

  /** Writes the indexes of accepted events to `accepted`, and says how many there are. */
  const judge = (columns: Columns, from: number, toExclusive: number, reject: Reject): number => {
    const { reasons, fingerprints, timesMs } = columns;
    let count = 0;
    let touchedTo = from;
    for (let index = from; index < toExclusive; index++) {
      if (index === touchedTo) {
        touchedTo = Math.min(index + TOUCHED_EVENTS, toExclusive);
        identities.touch(fingerprints, index, touchedTo);
      }
      const reason = reasons[index] as number;
      if (reason !== 0) refuse(index, reason - 1, reject);
      else if (outOfBounds(columns, index, tickStartMs)) refuse(index, TIME_OUT_OF_BOUNDS, reject);
      else if (identities.see(fingerprints, index, tick)) duplicates++;
      else {
        accepted[count++] = index;
        const time = timesMs[index] as number;
        if (time > newestTimeMs) newestTimeMs = time;
      }
    }
    return count;
  };

  const emit = (): Emission => createEmission(metrics);

  return {
    fold(columns, from, toExclusive, reject) {
      if (accepted.length < toExclusive - from) accepted = new Int32Array((toExclusive - from) * 2);
      events += toExclusive - from;
      const count = judge(columns, from, toExclusive, reject);
      acceptedEvents += count;
      metrics.forEach((metric, index) => {
        const needs = columns.metrics[index];
        if (needs) metric.add(needs, accepted, count);
      });
    },
    addRecords(more) {
      records += more;
    },
    counts: () => ({
      records,
      events,
      accepted: acceptedEvents,
      duplicates,
      rejected: byName(rejected),
    }),
    get newestTimeMs() {
      return newestTimeMs === Number.NEGATIVE_INFINITY ? null : (newestTimeMs as EpochMs);
    },
    body() {
      const body = emit().step(Number.POSITIVE_INFINITY);
      if (!body) throw new Error("an emission without end");
      return body;
    },
    emit,
  };
};

/** Those that occurred, by name: equal counts have equal text. */
const byName = (rejected: Float64Array): Partial<Record<Reason, number>> =>
  Object.fromEntries(
    [...REASONS]
      .sort((a, b) => (a < b ? -1 : 1))
      .map((reason) => [reason, rejected[REASONS.indexOf(reason)] as number] as const)
      .filter(([, count]) => count > 0),
  );
