import { grown, type HashKey, hashKeyFrom, md5OfSpans } from "@freshet/kpl";
import type { LogEntry } from "./port.js";
import { putVarint, VARINT_BYTES_MAX } from "./varint.js";

const ENTRIES_FIRST = 1024;
const BYTES_FIRST = 1 << 20;
/** Offsets are 32-bit. */
const BYTES_MAX = 2 ** 31 - 1;
const UTF8_BYTES_OF_UNIT_MAX = 3;
const ASCII_END = 0x80;
const HASH_BYTES = 16;
/** The log's own clock stamps it. */
const UNSTAMPED = -1;

/**
 * Entries that wait for a commit, in one buffer that is used again: nothing of theirs lives as an object meanwhile, which the garbage
 * collector would copy. Each lies there as a block has it: its key and its data, each behind its length (block.ts).
 */
export interface PendingEntries {
  readonly bytes: Buffer;
  readonly count: number;
  /** By entry: where it ends; it starts where the one before ends. */
  readonly ends: Int32Array;
  /** Of an entry, where the log's own clock says `nowMs`. */
  arrivalMs(index: number, nowMs: number): number;
  /** 16 bytes an entry: its explicit hash key, or its key's MD5. */
  hashKeys(): Uint8Array;
  /** @throws RangeError for more bytes than can be; then it adds none of them. */
  add(entries: readonly LogEntry[]): void;
  clear(): void;
}

export const createPendingEntries = (): PendingEntries => {
  let bytes: Buffer = Buffer.allocUnsafeSlow(BYTES_FIRST);
  let count = 0;
  let ends: Int32Array = new Int32Array(ENTRIES_FIRST);
  let keyStarts: Int32Array = new Int32Array(ENTRIES_FIRST);
  let keyEnds: Int32Array = new Int32Array(ENTRIES_FIRST);
  let stampsMs = new Float64Array(ENTRIES_FIRST);
  const explicit = new Map<number, HashKey>();
  const used = (): number => (count === 0 ? 0 : (ends[count - 1] as number));

  const reserve = (entries: readonly LogEntry[]): void => {
    let through = used();
    for (const { partitionKey, data } of entries)
      through += 2 * VARINT_BYTES_MAX + partitionKey.length * UTF8_BYTES_OF_UNIT_MAX + data.length;
    if (through > BYTES_MAX) throw new RangeError(`${through} bytes in one commit: append fewer at once`);
    if (through > bytes.length) {
      const longer = Buffer.allocUnsafeSlow(Math.min(BYTES_MAX, Math.max(through, bytes.length * 2)));
      bytes.copy(longer, 0, 0, used());
      bytes = longer;
    }
    const countMin = count + entries.length;
    if (countMin <= ends.length) return;
    ends = grown(ends, countMin);
    keyStarts = grown(keyStarts, countMin);
    keyEnds = grown(keyEnds, countMin);
    const longer = new Float64Array(ends.length);
    longer.set(stampsMs);
    stampsMs = longer;
  };

  const push = ({ partitionKey, data, explicitHashKey, arrivalMs }: LogEntry): void => {
    const at = used();
    const isAscii = putAscii(bytes, putVarint(bytes, at, partitionKey.length), partitionKey);
    const keyBytes = isAscii ? partitionKey.length : Buffer.byteLength(partitionKey);
    const keyStart = putVarint(bytes, at, keyBytes);
    if (!isAscii) bytes.write(partitionKey, keyStart, "utf8");
    const dataStart = putVarint(bytes, keyStart + keyBytes, data.length);
    bytes.set(data, dataStart);
    keyStarts[count] = keyStart;
    keyEnds[count] = keyStart + keyBytes;
    stampsMs[count] = arrivalMs ?? UNSTAMPED;
    if (explicitHashKey !== undefined) explicit.set(count, hashKeyFrom(explicitHashKey));
    ends[count++] = dataStart + data.length;
  };

  return {
    get bytes() {
      return bytes;
    },
    get count() {
      return count;
    },
    get ends() {
      return ends;
    },
    arrivalMs(index, nowMs) {
      const stampMs = stampsMs[index] as number;
      return stampMs === UNSTAMPED ? nowMs : stampMs;
    },
    hashKeys() {
      const keys = md5OfSpans(bytes, keyStarts, keyEnds, count);
      for (const [index, key] of explicit) keys.set(Buffer.from(key, "hex"), index * HASH_BYTES);
      return keys;
    },
    add(entries) {
      reserve(entries);
      for (const entry of entries) push(entry);
    },
    clear() {
      count = 0;
      explicit.clear();
    },
  };
};

/** False, and what it wrote means nothing, where a character is none of ASCII. Most keys are short: this is sooner done than two calls out. */
const putAscii = (bytes: Uint8Array, start: number, text: string): boolean => {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= ASCII_END) return false;
    bytes[start + index] = unit;
  }
  return true;
};
