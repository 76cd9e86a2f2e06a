import type { LedgerCounts } from "@freshet/model";
import type { ClickRecord } from "./clickRecords.js";

/** What one second of arrival came to. */
export interface Segment {
  readonly tick: number;
  readonly counts: LedgerCounts;
  readonly body: Uint8Array;
}

/** From log records to increments, one a second of arrival. */
export interface Pipeline {
  /** What one read of the log gives, in the order of arrival. */
  take(records: readonly ClickRecord[]): void;
  finish(): readonly Segment[];
}

/** The same from the bodies of GetRecords responses: JSON with the records in base64. */
export interface ResponsePipeline {
  takeResponse(body: Buffer): void;
  finish(): readonly Segment[];
}

export const SEGMENT_MS = 1_000;
export const PANE_MS = 60_000;
/** Ids are remembered for so long. */
export const HORIZON_TICKS = 120;
