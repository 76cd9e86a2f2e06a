import type { DurationMs } from "@freshet/model";
import type { KeyTexts } from "../reader/reader.js";

/** A window of which documents are made, and how often one ends. */
export interface ProjectedWindow {
  readonly windowMs: DurationMs;
  readonly everyMs: DurationMs;
}

/** A key that has a document whatever its rank. */
export interface WatchedKey {
  readonly metric: string;
  readonly key: KeyTexts;
}

/** What is projected. */
export interface ProjectionSettings {
  readonly windows: readonly ProjectedWindow[];
  /** So many keys of each metric and window have documents. */
  readonly top: number;
  readonly watch: readonly WatchedKey[];
  /** Windows that ended so long before the newest event are looked at again: late events and batch change them. */
  readonly reopenMs: DurationMs;
}
