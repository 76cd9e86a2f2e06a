import { giveWords, takeWords } from "./spareWords.js";

/** Bytes written once, front to back, in chunks: nothing is copied as they grow. */
export interface Output {
  /** The chunk that is being written, from `at` on. */
  bytes: Uint8Array;
  at: number;
  /** Those before it, each cut to what was written. */
  readonly full: Uint8Array[];
  fullBytes: number;
}

const FIRST_BYTES = 512;
const CHUNK_BITS = 17;
const CHUNK_BYTES = 1 << CHUNK_BITS;
const WORD_BITS = 2;

export const createOutput = (): Output => ({
  bytes: new Uint8Array(FIRST_BYTES),
  at: 0,
  full: [],
  fullBytes: 0,
});

export const outputLength = (out: Output): number => out.fullBytes + out.at;

/** What was written, in order. */
export const outputParts = (out: Output): readonly Uint8Array[] => [
  ...out.full,
  out.bytes.subarray(0, out.at),
];

/** Gives the memory back, once what was written is copied. */
export const releaseOutput = ({ full, bytes }: Output): void => {
  for (const { buffer } of [...full, bytes])
    if (buffer.byteLength === CHUNK_BYTES) giveWords(new Int32Array(buffer));
};

/** Makes room for `count` bytes in a row. To be called before any are put. */
export const reserve = (out: Output, count: number): void => {
  if (out.at + count <= out.bytes.length) return;
  out.full.push(out.bytes.subarray(0, out.at));
  out.fullBytes += out.at;
  const bytes = Math.max(count, Math.min(CHUNK_BYTES, out.bytes.length * 2));
  out.bytes =
    bytes === CHUNK_BYTES ? new Uint8Array(takeWords(CHUNK_BITS - WORD_BITS).buffer) : new Uint8Array(bytes);
  out.at = 0;
};

export const VARINT_BYTES_MAX = 8;
export const ZIGZAG_BYTES_MAX = 19;

/** 0 <= value <= 2^53 - 1. Returns where it ends. */
export const putVarint = (bytes: Uint8Array, from: number, value: number): number => {
  let at = from;
  let rest = value;
  while (rest >= 0x80000000) {
    bytes[at++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  let low = rest | 0;
  while (low >= 0x80) {
    bytes[at++] = (low & 0x7f) | 0x80;
    low >>>= 7;
  }
  bytes[at++] = low;
  return at;
};

/** Up to 128 bits. Returns where it ends. */
export const putBigint = (bytes: Uint8Array, from: number, value: bigint): number => {
  let at = from;
  let rest = value < 0n ? -value * 2n - 1n : value * 2n;
  while (rest >= 0x80n) {
    bytes[at++] = Number(rest & 0x7fn) | 0x80;
    rest >>= 7n;
  }
  bytes[at++] = Number(rest);
  return at;
};

/** A safe integer. Returns where it ends. */
export const putZigzag = (bytes: Uint8Array, from: number, value: number): number => {
  if (value >= -(2 ** 52) && value < 2 ** 52) {
    return putVarint(bytes, from, value < 0 ? -2 * value - 1 : 2 * value);
  }
  return putBigint(bytes, from, BigInt(value));
};
