/** Grows as needed; little endian; varints are unsigned LEB128, signed numbers are zigzag. */
export interface ByteWriter {
  byte(value: number): void;
  /** 0 <= value <= 2^53 - 1. */
  varint(value: number): void;
  /** |value| <= 2^53 - 1. */
  zigzag(value: number): void;
  bigint(value: bigint): void;
  bytes(value: Uint8Array): void;
  /** Characters 0-255, one byte each. */
  latin1(value: string): void;
  /** Length-prefixed UTF-8. */
  text(value: string): void;
  readonly length: number;
  finish(): Uint8Array;
}

/** @throws RangeError past the end, or for a varint past 2^53 - 1. */
export interface ByteReader {
  byte(): number;
  varint(): number;
  zigzag(): number;
  bigint(): bigint;
  /** What `zigzag` or `bigint` wrote: a number where it is a safe one. */
  integer(): number | bigint;
  bytes(length: number): Uint8Array;
  latin1(length: number): string;
  text(): string;
  readonly remaining: number;
}

const VARINT_BYTES_MAX = 8;
/** Past it the zigzag of a number is no safe integer. */
const ZIGZAG_SAFE_MAX = 2 ** 52 - 1;
/** So many bytes hold a safe integer, whatever they say. */
const SAFE_BYTES_MAX = 7;

export const createByteWriter = (capacity = 256): ByteWriter => {
  let buffer = Buffer.allocUnsafe(capacity);
  let at = 0;
  const reserve = (count: number): void => {
    if (at + count <= buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + count));
    buffer.copy(grown, 0, 0, at);
    buffer = grown;
  };
  const writer: ByteWriter = {
    byte(value) {
      reserve(1);
      buffer[at++] = value;
    },
    varint(value) {
      if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a varint: ${value}`);
      reserve(VARINT_BYTES_MAX);
      let rest = value;
      while (rest >= 0x80) {
        buffer[at++] = (rest % 0x80) | 0x80;
        rest = Math.floor(rest / 0x80);
      }
      buffer[at++] = rest;
    },
    zigzag(value) {
      if (!Number.isSafeInteger(value)) throw new RangeError(`not a safe integer: ${value}`);
      if (Math.abs(value) > ZIGZAG_SAFE_MAX) writer.bigint(BigInt(value));
      else writer.varint(value < 0 ? -2 * value - 1 : 2 * value);
    },
    bigint(value) {
      let rest = value < 0n ? -value * 2n - 1n : value * 2n;
      while (rest >= 0x80n) {
        writer.byte(Number(rest & 0x7fn) | 0x80);
        rest >>= 7n;
      }
      writer.byte(Number(rest));
    },
    bytes(value) {
      reserve(value.length);
      buffer.set(value, at);
      at += value.length;
    },
    latin1(value) {
      reserve(value.length);
      at += buffer.write(value, at, "latin1");
    },
    text(value) {
      const length = Buffer.byteLength(value, "utf8");
      writer.varint(length);
      reserve(length);
      at += buffer.write(value, at, "utf8");
    },
    get length() {
      return at;
    },
    finish: () => Uint8Array.prototype.slice.call(buffer, 0, at),
  };
  return writer;
};

export const createByteReader = (source: Uint8Array, start = 0): ByteReader => {
  const buffer = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  let at = start;
  const take = (count: number): number => {
    if (count < 0 || at + count > buffer.length) throw new RangeError(`read past the end: ${at} + ${count}`);
    const from = at;
    at += count;
    return from;
  };
  const reader: ByteReader = {
    byte: () => buffer[take(1)] as number,
    varint() {
      let value = 0;
      let scale = 1;
      for (let index = 0; index < VARINT_BYTES_MAX; index++) {
        const next = reader.byte();
        value += (next & 0x7f) * scale;
        if (next < 0x80) {
          if (value > Number.MAX_SAFE_INTEGER) break;
          return value;
        }
        scale *= 0x80;
      }
      throw new RangeError("varint past 2^53 - 1");
    },
    zigzag() {
      const value = reader.integer();
      if (typeof value === "bigint") throw new RangeError("zigzag past 2^53 - 1");
      return value;
    },
    integer() {
      const from = at;
      let value = 0;
      let scale = 1;
      for (let index = 0; index < SAFE_BYTES_MAX; index++) {
        const next = reader.byte();
        value += (next & 0x7f) * scale;
        if (next < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
        scale *= 0x80;
      }
      at = from;
      const large = reader.bigint();
      const number = Number(large);
      return Number.isSafeInteger(number) ? number : large;
    },
    bigint() {
      let value = 0n;
      for (let shift = 0n; shift <= 126n; shift += 7n) {
        const next = reader.byte();
        value |= BigInt(next & 0x7f) << shift;
        if (next < 0x80) return value & 1n ? -(value >> 1n) - 1n : value >> 1n;
      }
      throw new RangeError("integer past 128 bits");
    },
    bytes: (length) => {
      const from = take(length);
      return buffer.subarray(from, from + length);
    },
    latin1: (length) => {
      const from = take(length);
      return buffer.toString("latin1", from, from + length);
    },
    text: () => {
      const length = reader.varint();
      const from = take(length);
      return buffer.toString("utf8", from, from + length);
    },
    get remaining() {
      return buffer.length - at;
    },
  };
  return reader;
};
