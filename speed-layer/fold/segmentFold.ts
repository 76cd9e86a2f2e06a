import { type EpochMs, type LedgerCounts, type Reason, REASONS, type Tick } from "@freshet/model";
import type { Columns } from "../columns/columns.js";
import { createEmission, type Emission } from "./emission.js";
import type { IdentitySet } from "./identitySet.js";
import { MetricFold } from "./metricFold.js";
import { Slabs } from "./slabs.js";

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
  /** Gives the memory back, once nothing more is asked of it; left to the collector without. */
  release(): void;
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

class ColumnarFold implements SegmentFold {
  readonly #tick: Tick;
  readonly #tickStartMs: number;
  readonly #identities: IdentitySet;
  readonly #slabs = new Slabs();
  readonly #metrics: readonly MetricFold[];
  readonly #rejected = new Float64Array(REASONS.length);
  #records = 0;
  #events = 0;
  #accepted = 0;
  #duplicates = 0;
  #newestTimeMs = Number.NEGATIVE_INFINITY;

  constructor(tick: Tick, segmentMs: number, identities: IdentitySet, empty: Columns) {
    this.#tick = tick;
    this.#tickStartMs = tick * segmentMs;
    this.#identities = identities;
    this.#metrics = empty.metrics.map((metric) => new MetricFold(metric, this.#slabs));
  }

  fold(columns: Columns, from: number, toExclusive: number, reject: Reject): void {
    if (accepted.length < toExclusive - from) accepted = new Int32Array((toExclusive - from) * 2);
    this.#events += toExclusive - from;
    const count = this.#judge(columns, from, toExclusive, reject);
    this.#accepted += count;
    this.#metrics.forEach((metric, index) => {
      const needs = columns.metrics[index];
      if (needs) metric.add(needs, accepted, count);
    });
  }

  /** Writes the indexes of accepted events to `accepted`, and says how many there are. */
  #judge(columns: Columns, from: number, toExclusive: number, reject: Reject): number {
    const { reasons, fingerprints, timesMs } = columns;
    const identities = this.#identities;
    const tick = this.#tick;
    const tickStartMs = this.#tickStartMs;
    let newestTimeMs = this.#newestTimeMs;
    let count = 0;
    let touchedTo = from;
    for (let index = from; index < toExclusive; index++) {
      if (index === touchedTo) {
        touchedTo = Math.min(index + TOUCHED_EVENTS, toExclusive);
        identities.touch(fingerprints, index, touchedTo);
      }
      const reason = reasons[index] as number;
      if (reason !== 0) this.#refuse(index, reason - 1, reject);
      else if (outOfBounds(columns, index, tickStartMs)) this.#refuse(index, TIME_OUT_OF_BOUNDS, reject);
      else if (identities.see(fingerprints, index, tick)) this.#duplicates++;
      else {
        accepted[count++] = index;
        const time = timesMs[index] as number;
        if (time > newestTimeMs) newestTimeMs = time;
      }
    }
    this.#newestTimeMs = newestTimeMs;
    return count;
  }

  #refuse(index: number, reason: number, reject: Reject): void {
    this.#rejected[reason] = (this.#rejected[reason] as number) + 1;
    reject(index, REASONS[reason] as Reason);
  }

  addRecords(records: number): void {
    this.#records += records;
  }

  counts(): LedgerCounts {
    return {
      records: this.#records,
      events: this.#events,
      accepted: this.#accepted,
      duplicates: this.#duplicates,
      rejected: byName(this.#rejected),
    };
  }

  get newestTimeMs(): EpochMs | null {
    return this.#newestTimeMs === Number.NEGATIVE_INFINITY ? null : (this.#newestTimeMs as EpochMs);
  }

  body(): Uint8Array {
    const body = this.emit().step(Number.POSITIVE_INFINITY);
    if (!body) throw new Error("an emission without end");
    return body;
  }

  emit(): Emission {
    return createEmission(this.#metrics);
  }

  release(): void {
    for (const metric of this.#metrics) metric.release();
    this.#slabs.release();
  }
}

/*
 * What lives as long as a segment is made of classes here, not of closures: the engine keeps the code that it makes of a method
 * from one segment to the next, and makes that of a closure anew.
 */
export const createSegmentFold = (
  tick: Tick,
  segmentMs: number,
  identities: IdentitySet,
  empty: Columns,
): SegmentFold => new ColumnarFold(tick, segmentMs, identities, empty);

/** Those that occurred, by name: equal counts have equal text. */
const byName = (rejected: Float64Array): Partial<Record<Reason, number>> =>
  Object.fromEntries(
    [...REASONS]
      .sort((a, b) => (a < b ? -1 : 1))
      .map((reason) => [reason, rejected[REASONS.indexOf(reason)] as number] as const)
      .filter(([, count]) => count > 0),
  );
