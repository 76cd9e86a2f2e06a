import type { LedgerCounts } from "@freshet/model";

/** What one second of arrival came to. */
export interface Segment {
  readonly tick: number;
  readonly counts: LedgerCounts;
  readonly body: Uint8Array;
}

/** From log records to increments, one a second of arrival. */
export interface Pipeline {
  /** Records come in the order of arrival. */
  take(data: Buffer, arrivalMs: number): void;
  /** The body of a GetRecords response: JSON with the records in base64. */
  takeResponse(body: Buffer): void;
  finish(): readonly Segment[];
}

export const SEGMENT_MS = 1_000;
export const PANE_MS = 60_000;
