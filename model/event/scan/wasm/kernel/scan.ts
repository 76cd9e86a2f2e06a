import {
  AHEAD_MS,
  COLUMN_COUNT,
  COLUMN_KINDS,
  ESCAPED_COUNT,
  EVENT_BYTES_MAX,
  LATE_MS,
  REFUSED,
  REFUSED_COUNT,
  REFUSED_ROWS,
  ROW_AHEAD,
  ROW_ENDS,
  ROW_LATE,
  ROW_REASONS,
  ROW_STARTS,
  ROW_TYPES,
  TYPE_BYTES,
  TYPE_OBJECT,
  TYPE_RECORDS,
} from "../layout";
import { putFingerprint } from "./fingerprint";
import { readObject } from "./object";
import { space } from "./skip";
import { State } from "./state";

/** So far from an event's start its type lies if nothing is before it: `{"type":"`. */
const TYPE_FIRST: usize = 9;

/**
 * Reads the rows from `from` to before `through`. Their bytes lie between `lowest` and `highest` in this memory, `shift`
 * behind where the caller has them.
 */
export function scan(from: usize, through: usize, shift: usize, lowest: usize, highest: usize): void {
  State.shift = shift;
  if (State.type === 0) State.type = load<u32>(TYPE_RECORDS);
  const starts = <usize>load<u32>(ROW_STARTS);
  const ends = <usize>load<u32>(ROW_ENDS);
  const sizeMax = <usize>load<u32>(EVENT_BYTES_MAX);
  for (let row = from; row < through; row++) {
    const start = <usize>load<u32>(starts + (row << 2)) + shift;
    const end = <usize>load<u32>(ends + (row << 2)) + shift;
    const isHere = start >= lowest && start <= end && end <= highest && end - start <= sizeMax;
    State.row = row;
    if (isHere && isReadable(start, end)) accept(row);
    else refuse(row);
  }
}

function accept(row: usize): void {
  putFingerprint();
  const type = (State.type - <usize>load<u32>(TYPE_RECORDS)) / TYPE_BYTES;
  store<u8>(<usize>load<u32>(ROW_REASONS) + row, 0);
  store<u16>(<usize>load<u32>(ROW_TYPES) + (row << 1), <u16>type);
  store<f64>(<usize>load<u32>(ROW_LATE) + (row << 3), State.lateMs);
  store<f64>(<usize>load<u32>(ROW_AHEAD) + (row << 3), State.aheadMs);
}

function refuse(row: usize): void {
  const count = load<u32>(REFUSED_COUNT);
  store<u8>(<usize>load<u32>(ROW_REASONS) + row, REFUSED);
  store<u32>(<usize>load<u32>(REFUSED_ROWS) + <usize>(count << 2), <u32>row);
  store<u32>(REFUSED_COUNT, count + 1);
}

/** A zero, which no JSON has, stands behind the event while it is read: nothing reads past it. */
function isReadable(start: usize, end: usize): bool {
  const escaped = load<u32>(ESCAPED_COUNT);
  const behind = load<u8>(end);
  store<u8>(end, 0);
  let isRead = read(start) === end;
  if (!isRead && State.otherTypeAt !== 0) {
    store<u32>(ESCAPED_COUNT, escaped);
    if (State.otherTypeAt - start > TYPE_FIRST) clearRow();
    isRead = read(start) === end;
  }
  store<u8>(end, behind);
  if (!isRead) store<u32>(ESCAPED_COUNT, escaped);
  return isRead;
}

/** What the event had of the fields of a type that it is not of. */
function clearRow(): void {
  const columns = <usize>load<u32>(COLUMN_KINDS);
  const count = load<u32>(COLUMN_COUNT);
  for (let column: u32 = 0; column < count; column++)
    store<u8>(<usize>load<u32>(columns + <usize>(column << 2)) + State.row, 0);
}

function read(start: usize): usize {
  State.otherTypeAt = 0;
  State.lateMs = load<f64>(LATE_MS);
  State.aheadMs = load<f64>(AHEAD_MS);
  const at = space(start);
  if (load<u8>(at) !== 0x7b) return 0;
  const end = readObject(at, load<u32>(State.type, TYPE_OBJECT), 1);
  return end === 0 ? 0 : space(end);
}
