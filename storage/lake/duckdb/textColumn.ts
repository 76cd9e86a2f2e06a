import { DuckDBBlobVector, type DuckDBVarCharVector } from "@duckdb/node-api";

/*
 * A text as DuckDB holds it (duckdb_string_t), 16 bytes: its length, then the bytes themselves, or four of them and a pointer to all.
 * Each memory that is looked at through a pointer is an ArrayBuffer of its own, for which V8 may do 5 ms of marking
 * (Heap::ReportExternalMemoryPressure): where texts lie side by side, as a chunk's mostly do, they are looked at together.
 */
const TEXT_BYTES = 16;
const INLINE_BYTES_MAX = 12;
const INLINE_AT = 4;
const POINTER_AT = 8;
const POINTER_HIGH_AT = 12;
const HIGH = 0x1_0000_0000;
/** Less than a page: what lies between two texts is in a page with one of them. */
const GAP_BYTES_MAX = 4_095;

interface Far {
  readonly row: number;
  readonly address: number;
  readonly length: number;
}

const byAddress = (a: Far, b: Far): number => a.address - b.address;

/** The bytes from a text on, read as one blob that begins where it does. */
const memoryAt = (vector: DuckDBVarCharVector, { row }: Far, length: number): Buffer => {
  const blob = new DataView(new ArrayBuffer(TEXT_BYTES));
  blob.setUint32(0, length, true);
  blob.setBigUint64(POINTER_AT, vector["dataView"].getBigUint64(row * TEXT_BYTES + POINTER_AT, true), true);
  const bytes = new DuckDBBlobVector(
    blob,
    vector["validity"].slice(row, 1),
    vector["vector"],
    0,
    1,
  ).getItemBytes(0) as Uint8Array;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
};

/** All texts of a vector; null for NULL. */
export const textColumn = (vector: DuckDBVarCharVector): (string | null)[] => {
  const { itemCount } = vector;
  const data = vector["dataView"];
  const validity = vector["validity"];
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const texts = new Array<string | null>(itemCount);
  const far: Far[] = [];
  for (let row = 0; row < itemCount; row++) {
    const at = row * TEXT_BYTES;
    if (!validity.itemValid(row)) {
      texts[row] = null;
      continue;
    }
    const length = data.getUint32(at, true);
    if (length <= INLINE_BYTES_MAX) {
      texts[row] = bytes.toString("utf8", at + INLINE_AT, at + INLINE_AT + length);
    } else {
      const address =
        data.getUint32(at + POINTER_HIGH_AT, true) * HIGH + data.getUint32(at + POINTER_AT, true);
      far.push({ row, address, length });
    }
  }
  far.sort(byAddress);
  for (let from = 0; from < far.length; ) {
    const first = far[from] as Far;
    let end = first.address + first.length;
    let to = from + 1;
    for (let next = far[to]; next && next.address - end <= GAP_BYTES_MAX; next = far[++to]) {
      end = Math.max(end, next.address + next.length);
    }
    const memory = memoryAt(vector, first, end - first.address);
    for (; from < to; from++) {
      const { row, address, length } = far[from] as Far;
      texts[row] = memory.toString("utf8", address - first.address, address - first.address + length);
    }
  }
  return texts;
};
