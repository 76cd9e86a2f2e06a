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

/** What must come of a stream of events, once every copy has been found. */
export interface KnownAnswers {
  /** As if each event were a log record of its own. */
  readonly ledger: LedgerCounts;
  /** Of the duplicates, those that the live layer need not find: minutes later, or in another shard. */
  readonly beyondLive: number;
  /** Of the accepted, those that arrive long after they happened. */
  readonly late: number;
  /** Some keys, pane by pane. */
  readonly series: readonly KnownSeries[];
}

export interface KnownSeries {
  readonly metric: string;
  readonly key: KeyValues;
  readonly points: readonly KnownPoint[];
}

/** Of one pane: by measure, counts and sums alone. */
export interface KnownPoint {
  readonly timeMs: number;
  readonly values: Readonly<Record<string, number>>;
}
