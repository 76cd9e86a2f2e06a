import type { KeyValues, LedgerCounts } from "@freshet/model";

/** Events, each with the moment at which it is meant to be sent. The same options give the same bytes for ever. */
export interface EventSource {
  /** When the next event is meant to be sent, in milliseconds from the start; infinite after the last. */
  readonly dueMs: number;
  /** Writes the next event as JSON and returns where it ends: at most `eventBytesMax` further. */
  write(bytes: Uint8Array, at: number): number;
  readonly eventBytesMax: number;
  /** Of the event written last; null: its id. Only a target that writes to the log itself can follow it. */
  readonly partitionKey: string | null;
  /** What must come of all that was written so far. */
  answers(): KnownAnswers;
}

/** Streams of one kind, and what is known of them before one begins. */
export interface Workload {
  /** In words, for reports. */
  readonly name: string;
  readonly watched: readonly WatchedKey[];
  /** The longest before its sending that an event can have happened. */
  readonly lateMaxMs: number;
  /** What a probe is an event of, and where it shows; null: freshness cannot be told. */
  readonly probe: ProbePlan | null;
  /** @param fromMs when the first event is meant to be sent, since 1970 */
  open(fromMs: number): EventSource;
}

/** An event whose way to the live stream can be timed. */
export interface ProbePlan {
  readonly metric: string;
  /** The dimension that all probes of a run have in common, and the one that tells them apart. */
  readonly common: string;
  readonly lane: string;
  /** The measure that counts events. */
  readonly count: string;
  /** The event's type and its other fields. */
  readonly event: Readonly<Record<string, string | number>>;
}

/** What must come of a stream of events, once every copy has been found. */
export interface KnownAnswers {
  /** As if each event were a log record of its own. */
  readonly ledger: LedgerCounts;
  /** Of the duplicates, those that the live layer need not find: minutes later, or in another shard. */
  readonly beyondLive: number;
  /** Of the accepted, those that arrive long after they happened. */
  readonly late: number;
  /** Of the series that the workload watches, in their order. */
  readonly series: readonly KnownSeries[];
}

/** A key of a metric whose panes are counted beside the line. */
export interface WatchedKey {
  readonly metric: string;
  readonly key: KeyValues;
}

export interface KnownSeries extends WatchedKey {
  readonly points: readonly KnownPoint[];
}

/** Of one pane: by measure, counts and sums alone. */
export interface KnownPoint {
  readonly timeMs: number;
  readonly values: Readonly<Record<string, number>>;
}
