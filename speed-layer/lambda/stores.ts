import type { DataStore, DeadLetterSink, ShardLog } from "@freshet/storage";

/** What a fold without workers reads and writes. */
export interface FoldStores extends Pick<DataStore, "increments" | "records" | "leases" | "lake"> {
  readonly log: ShardLog;
  readonly deadLetters: DeadLetterSink;
}
