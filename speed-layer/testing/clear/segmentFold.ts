import {
  encodeIncrement,
  type EpochMs,
  type LedgerCounts,
  type Measure,
  type Reason,
  type Tick,
} from "@freshet/model";
import type { Columns } from "./columns.js";
import { createGroups, type Groups } from "./groups.js";
import type { IdentitySet } from "../../fold/identitySet.js";

/** One segment on its way: what its events add up to. */
export interface SegmentFold {
  /** Folds the events `from` to `toExclusive`. Those that cannot be counted are given to `reject`. */
  fold(columns: Columns, from: number, toExclusive: number, reject: Reject): void;
  addRecords(records: number): void;
  counts(): LedgerCounts;
  readonly newestTimeMs: EpochMs | null;
  /** The increment so far: a function of the events and the rules alone. */
  body(): Uint8Array;
}

export type Reject = (index: number, reason: Reason) => void;

/** Time bounds are inclusive, and relative to the segment's tick, not to the event's own arrival stamp. */
export const outOfBounds = (columns: Columns, index: number, tickStartMs: number): boolean => {
  const time = columns.timeMs[index] as number;
  return (
    time < tickStartMs - (columns.lateMs[index] as number) ||
    time > tickStartMs + (columns.aheadMs[index] as number)
  );
};

export const createSegmentFold = (
  tick: Tick,
  segmentMs: number,
  identities: IdentitySet,
  empty: Columns,
): SegmentFold => {
  const groups: readonly Groups[] = empty.metrics.map(createGroups);
  const measures = new Map<string, readonly Measure[]>(
    empty.metrics.map((metric) => [metric.definition, metric.measures]),
  );
  const tickStartMs = tick * segmentMs;
  let records = 0;
  let events = 0;
  let accepted = 0;
  let duplicates = 0;
  let newestTimeMs: number | null = null;
  const rejected: Partial<Record<Reason, number>> = {};

  const refuse = (index: number, reason: Reason, reject: Reject): void => {
    rejected[reason] = (rejected[reason] ?? 0) + 1;
    reject(index, reason);
  };

  return {
    fold(columns, from, toExclusive, reject) {
      events += toExclusive - from;
      for (let index = from; index < toExclusive; index++) {
        const reason = columns.reasons[index];
        if (reason !== undefined) refuse(index, reason, reject);
        else if (outOfBounds(columns, index, tickStartMs)) refuse(index, "time_out_of_bounds", reject);
        else if (identities.see(columns.fingerprints, index, tick)) duplicates++;
        else {
          accepted++;
          const time = columns.timeMs[index] as number;
          if (newestTimeMs === null || time > newestTimeMs) newestTimeMs = time;
          for (let metric = 0; metric < groups.length; metric++) {
            const needs = columns.metrics[metric];
            if (needs?.counted[index] === 1) groups[metric]?.add(needs, index);
          }
        }
      }
    },
    addRecords(more) {
      records += more;
    },
    counts: () => ({ records, events, accepted, duplicates, rejected: sorted(rejected) }),
    get newestTimeMs() {
      return newestTimeMs as EpochMs | null;
    },
    body: () =>
      encodeIncrement(
        { metrics: groups.map((one) => one.increment()) },
        (hash) => measures.get(hash) ?? null,
      ),
  };
};

/** A copy by name: equal counts have equal text. */
const sorted = (rejected: Partial<Record<Reason, number>>): Partial<Record<Reason, number>> =>
  Object.fromEntries(Object.entries(rejected).sort(([a], [b]) => (a < b ? -1 : 1)));
