import type { EpochMs, Reason, ShardId } from "@freshet/model";
import type { DeadLetter, LogRecord } from "@freshet/storage";
import type { RawEvent, Scanner } from "../clear/columns.js";

const BODY_BYTES_MAX = 64 * 1024;

const isoOrNumber = (ms: number): string =>
  Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);

/** A dead letter for one event, with its position. */
export const letterOf = (
  shard: ShardId,
  source: { readonly record: LogRecord; readonly subsequence: number },
  event: RawEvent,
  reason: Reason,
  scanner: Scanner,
  tickStartMs: number,
): DeadLetter => {
  const { type, id, timeMs, detail } = scanner.describe(event);
  const bytes = event.kind === "json" ? event.bytes : event.head;
  return {
    shard,
    sequence: source.record.sequence,
    subsequence: source.subsequence,
    arrivalMs: source.record.arrivalMs,
    reason,
    detail:
      reason === "time_out_of_bounds" && timeMs !== null
        ? `time ${isoOrNumber(timeMs)} is too far from its arrival at ${isoOrNumber(tickStartMs)}`
        : detail,
    type,
    id,
    timeMs: timeMs as EpochMs | null,
    body: bytes.slice(0, BODY_BYTES_MAX),
  };
};
