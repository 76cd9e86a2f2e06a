import { grown, type HashKey, hashKeyFrom, md5OfSpans } from "@freshet/kpl";
import type { EntrySpans } from "./entrySpans.js";
import type { LogEntry } from "./port.js";

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
 * collector would copy.
 */
export interface PendingEntries {
  readonly bytes: Buffer;
  readonly count: number;
  /** By entry, where its key (UTF-8) and its data lie. */
  readonly keyStarts: Int32Array;
  readonly keyEnds: Int32Array;
  readonly dataStarts: Int32Array;
  readonly dataEnds: Int32Array;
  /** Of an entry, where the log's own clock says `nowMs`. */
  arrivalMs(index: number, nowMs: number): number;
  /** 16 bytes an entry: its explicit hash key, or its key's MD5. */
  hashKeys(): Uint8Array;
  /** @throws RangeError for more bytes than can be; then it adds none of them. */
  add(entries: readonly LogEntry[]): void;
  /** @throws As `add`. */
  addSpans(spans: EntrySpans): void;
  clear(): void;
}

export const createPendingEntries = (): PendingEntries => {
  let bytes: Buffer = Buffer.allocUnsafeSlow(BYTES_FIRST);
  let used = 0;
  let count = 0;
  let keyStarts: Int32Array = new Int32Array(ENTRIES_FIRST);
  let keyEnds: Int32Array = new Int32Array(ENTRIES_FIRST);
  let dataStarts: Int32Array = new Int32Array(ENTRIES_FIRST);
  let dataEnds: Int32Array = new Int32Array(ENTRIES_FIRST);
  let stampsMs = new Float64Array(ENTRIES_FIRST);
  const explicit = new Map<number, HashKey>();

  const reserve = (moreBytes: number, more: number): void => {
    const through = used + moreBytes;
    if (through > BYTES_MAX) throw new RangeError(`${through} bytes in one commit: append fewer at once`);
    if (through > bytes.length) {
      const longer = Buffer.allocUnsafeSlow(Math.min(BYTES_MAX, Math.max(through, bytes.length * 2)));
      bytes.copy(longer, 0, 0, used);
      bytes = longer;
    }
    const countMin = count + more;
    if (countMin <= keyStarts.length) return;
    keyStarts = grown(keyStarts, countMin);
    keyEnds = grown(keyEnds, countMin);
    dataStarts = grown(dataStarts, countMin);
    dataEnds = grown(dataEnds, countMin);
    const longer = new Float64Array(keyStarts.length);
    longer.set(stampsMs);
    stampsMs = longer;
  };

  const push = ({ partitionKey, data, explicitHashKey, arrivalMs }: LogEntry): void => {
    keyStarts[count] = used;
    used += putAscii(bytes, used, partitionKey)
      ? partitionKey.length
      : bytes.write(partitionKey, used, "utf8");
    keyEnds[count] = dataStarts[count] = used;
    bytes.set(data, used);
    used += data.length;
    dataEnds[count] = used;
    stampsMs[count] = arrivalMs ?? UNSTAMPED;
    if (explicitHashKey !== undefined) explicit.set(count, hashKeyFrom(explicitHashKey));
    count++;
  };

  return {
    get bytes() {
      return bytes;
    },
    get count() {
      return count;
    },
    get keyStarts() {
      return keyStarts;
    },
    get keyEnds() {
      return keyEnds;
    },
    get dataStarts() {
      return dataStarts;
    },
    get dataEnds() {
      return dataEnds;
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
      let bytesMax = 0;
      for (const { partitionKey, data } of entries)
        bytesMax += partitionKey.length * UTF8_BYTES_OF_UNIT_MAX + data.length;
      reserve(bytesMax, entries.length);
      for (const entry of entries) push(entry);
    },
    addSpans(spans) {
      reserve(spans.bytes.length, spans.count);
      bytes.set(spans.bytes, used);
      for (let index = 0; index < spans.count; index++) {
        keyStarts[count] = used + (spans.keyStarts[index] as number);
        keyEnds[count] = used + (spans.keyEnds[index] as number);
        dataStarts[count] = used + (spans.dataStarts[index] as number);
        dataEnds[count] = used + (spans.dataEnds[index] as number);
        stampsMs[count++] = spans.arrivalMs?.[index] ?? UNSTAMPED;
      }
      used += spans.bytes.length;
    },
    clear() {
      used = 0;
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
