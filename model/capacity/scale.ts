/** What a line carries at its busiest: the sizes of all its parts follow from it. */
export interface Scale {
  readonly eventsPerSecond: number;
  /** Mean bytes of an event's JSON. */
  readonly bytesPerEvent: number;
  /** Keys of the largest metric that are live at once. */
  readonly keys: number;
  /** Events that producers put in a record of the stream, on average; absent: 1, as where none are aggregated. */
  readonly eventsPerRecord?: number;
  /** What a vCPU folds; absent: `EVENTS_PER_VCPU`. */
  readonly eventsPerVcpu?: number;
}

/** More has not been thought through: leases, tips and pages of shards are made for about so much. */
export const EVENTS_PER_SECOND_MAX = 1_000_000;

/**
 * What a vCPU folds, at most: well under what docs/performance.md measures of a core, since on AWS the stores are called as well and
 * events are a shard's and not a benchmark's.
 */
export const EVENTS_PER_VCPU = 25_000;
