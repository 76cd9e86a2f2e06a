import type { FailureKind } from "../stream/stream.js";

/** Kinesis gives a shard's readers together 5 reads and 2 MB a second; a read of more is paid for by waiting. */
const SHARD_BYTES_PER_SECOND = 2_000_000;
const RECORDS_MAX = 10_000;
/** Below this a reply is not made smaller, however large its records are. */
const RECORDS_MIN = 50;
const SMOOTHING = 0.3;

export interface PaceSettings {
  /** Between reads at the shard's end. */
  readonly idlePollMs: number;
  /** Between reads while there is more: leaves some of the shard's 5 reads a second to others, as Firehose. */
  readonly busyPollMs: number;
  readonly backOffMinMs: number;
  readonly backOffMaxMs: number;
  /** Aimed at in a reply: while one is taken in, nothing else of the process runs. */
  readonly replyBytesAim: number;
}

export const pauseAfterReply = (
  { count, bytes, behindMs }: { readonly count: number; readonly bytes: number; readonly behindMs: number },
  { idlePollMs, busyPollMs }: PaceSettings,
): number => {
  const paidMs = (bytes / SHARD_BYTES_PER_SECOND) * 1000;
  return Math.max(behindMs > 0 || count === RECORDS_MAX ? busyPollMs : idlePollMs, paidMs);
};

/** `failures` in a row, this one counted; `unit` is drawn anew each time, from 0 through 1. */
export const pauseAfterFailure = (
  kind: FailureKind,
  failures: number,
  unit: number,
  { busyPollMs, backOffMinMs, backOffMaxMs }: PaceSettings,
): number => {
  // An iterator that has run out is a matter of course after a pause: the first time there is nothing to wait for.
  if (kind === "expiredIterator" && failures === 1) return busyPollMs;
  const ceilingMs = Math.min(backOffMaxMs, backOffMinMs * 2 ** failures);
  return backOffMinMs + unit * (ceilingMs - backOffMinMs);
};

/** The mean size of a shard's records, from what has been read of it lately; null before the first. */
export const meanRecordBytes = (before: number | null, count: number, bytes: number): number | null => {
  if (count === 0) return before;
  return before === null ? bytes / count : before + SMOOTHING * (bytes / count - before);
};

/** How many records to ask for, so that a reply is about as large as is aimed at. */
export const limitFor = (recordBytes: number | null, { replyBytesAim }: PaceSettings): number => {
  if (recordBytes === null) return RECORDS_MAX / 5;
  const fitting = Math.floor(replyBytesAim / Math.max(1, recordBytes));
  return Math.min(RECORDS_MAX, Math.max(RECORDS_MIN, fitting));
};
