import type { EpochMs, Reason, ShardId } from "@freshet/model";
import type { DeadLetter, LogRecord, RecordBatch } from "@freshet/storage";
import type { Scanner } from "../columns/columns.js";

const BODY_BYTES_MAX = 64 * 1024;

const isoOrNumber = (ms: number): string =>
  Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);

/** A dead letter for the event at `index` of a batch, with its position. */
export const letterOf = (
  shard: ShardId,
  record: LogRecord,
  batch: RecordBatch,
  index: number,
  reason: Reason,
  scanner: Scanner,
  tickStartMs: number,
): DeadLetter => {
  const { type, id, timeMs, detail } = scanner.describe(batch, index);
  const start = batch.starts[index] as number;
  const end = Math.min(batch.ends[index] as number, start + BODY_BYTES_MAX);
  return {
    shard,
    sequence: record.sequence,
    subsequence: batch.subsequences[index] as number,
    arrivalMs: record.arrivalMs,
    reason,
    detail:
      reason === "time_out_of_bounds" && timeMs !== null
        ? `time ${isoOrNumber(timeMs)} is too far from its arrival at ${isoOrNumber(tickStartMs)}`
        : detail,
    type,
    id,
    timeMs: timeMs as EpochMs | null,
    body: Buffer.from(batch.bytes.subarray(start, end)),
  };
};
