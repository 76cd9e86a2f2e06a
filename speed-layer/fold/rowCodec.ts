import { CHUNK_BITS, CHUNK_MASK } from "./chunks.js";
import type { GroupTable } from "./groupTable.js";
import { type Output, putVarint, putZigzag, reserve, VARINT_BYTES_MAX, ZIGZAG_BYTES_MAX } from "./output.js";
import { RECORD_KEY, RECORD_LENGTH, RECORD_PANE } from "./rows.js";

/** Takes what is read ahead, so that reading it is not left out. */
const touched = new Int32Array(1);

/** Fetches rows of the range: together they wait for memory once. */
export const touchRows = (
  { rows: { chunks }, layout: { stateWords } }: GroupTable,
  rows: Int32Array,
  from: number,
  to: number,
): void => {
  let read = 0;
  for (let index = from; index < to; index++) {
    const row = rows[index] as number;
    const chunk = chunks[row >>> CHUNK_BITS] as Int32Array;
    const record = row & CHUNK_MASK;
    read ^= (chunk[record] as number) ^ (chunk[record - stateWords] as number);
  }
  touched[0] = read;
};

const paneOf = ({ rows: { chunks }, panes }: GroupTable, row: number): number => {
  const chunk = chunks[row >>> CHUNK_BITS] as Int32Array;
  return panes.panesMs[chunk[(row & CHUNK_MASK) + RECORD_PANE] as number] as number;
};

/** Writes each row's pane, as what it is later than the one before. */
export const encodePanes = (
  table: GroupTable,
  rows: Int32Array,
  from: number,
  to: number,
  out: Output,
): void => {
  reserve(out, (to - from) * ZIGZAG_BYTES_MAX);
  let { at } = out;
  let pane = from === 0 ? 0 : paneOf(table, rows[from - 1] as number);
  for (let index = from; index < to; index++) {
    const next = paneOf(table, rows[index] as number);
    at = putZigzag(out.bytes, at, next - pane);
    pane = next;
  }
  out.at = at;
};

/** How many bytes two keys have in common at their front. */
const sharedBytes = (a: Int32Array, recordA: number, b: Int32Array, recordB: number): number => {
  const most = Math.min(a[recordA + RECORD_LENGTH] as number, b[recordB + RECORD_LENGTH] as number);
  for (let shared = 0; shared < most; shared += 4) {
    const word = RECORD_KEY + (shared >>> 2);
    const differing = (a[recordA + word] as number) ^ (b[recordB + word] as number);
    if (differing !== 0) return Math.min(most, shared + (Math.clz32(differing) >>> 3));
  }
  return most;
};

/** Writes each row's key, as what it does not share with the front of the one before. */
export const encodeKeys = (
  { rows: { chunks } }: GroupTable,
  rows: Int32Array,
  from: number,
  to: number,
  out: Output,
): void => {
  for (let index = from; index < to; index++) {
    const row = rows[index] as number;
    const chunk = chunks[row >>> CHUNK_BITS] as Int32Array;
    const base = row & CHUNK_MASK;
    const length = chunk[base + RECORD_LENGTH] as number;
    let shared = 0;
    if (index > 0) {
      const before = rows[index - 1] as number;
      shared = sharedBytes(chunks[before >>> CHUNK_BITS] as Int32Array, before & CHUNK_MASK, chunk, base);
    }
    reserve(out, 2 * VARINT_BYTES_MAX + length - shared);
    const { bytes } = out;
    let at = putVarint(bytes, out.at, shared);
    at = putVarint(bytes, at, length - shared);
    for (let byte = shared; byte < length; byte++) {
      bytes[at++] = (chunk[base + RECORD_KEY + (byte >>> 2)] as number) >>> (24 - 8 * (byte & 3));
    }
    out.at = at;
  }
};
