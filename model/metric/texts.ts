import type { EventSlices } from "../event/scan/columns.js";
import { lowerAscii, upperAscii } from "./runtime.js";

/*
 * What expressions over columns call `t`. Each variable of text has a slot of its own: where its UTF-8 lies among the
 * bytes of the events. Texts are well formed, so that comparing bytes compares code points.
 */
const SPACE = 0x20;
const CONTINUATION_MASK = 0xc0;
const CONTINUATION = 0x80;
const EMPTY = new Uint8Array(0);

export class Texts {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  #slices: EventSlices | null = null;
  #bytes: Uint8Array = EMPTY;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(slots: number) {
    this.starts = new Int32Array(slots);
    this.ends = new Int32Array(slots);
  }

  /** Slots mean these bytes from now on. */
  over(slices: EventSlices): void {
    this.#slices = slices;
    this.#follow(slices.bytes);
  }

  #follow(bytes: Uint8Array): void {
    if (bytes === this.#bytes) return;
    this.#bytes = bytes;
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  set(slot: number, start: number, end: number): number {
    this.starts[slot] = start;
    this.ends[slot] = end;
    return slot;
  }

  /** Writes a text behind the events. */
  put(text: string | null, slot: number): number | null {
    if (text === null) return null;
    const slices = this.#slices as EventSlices;
    const start = slices.append(text);
    this.#follow(slices.bytes);
    return this.set(slot, start, slices.appendedThrough);
  }

  string(slot: number | null): string | null {
    if (slot === null) return null;
    return this.#buffer.toString("utf8", this.starts[slot], this.ends[slot]);
  }

  equal(a: number, b: number): boolean {
    const aStart = this.starts[a] as number;
    const bStart = this.starts[b] as number;
    const length = (this.ends[a] as number) - aStart;
    return length === (this.ends[b] as number) - bStart && this.#same(aStart, bStart, length);
  }

  #same(a: number, b: number, length: number): boolean {
    const bytes = this.#bytes;
    for (let index = 0; index < length; index++) if (bytes[a + index] !== bytes[b + index]) return false;
    return true;
  }

  /** < 0, 0 or > 0 as the bytes of `a` stand to those of `b`. */
  order(a: number, b: number): number {
    const bytes = this.#bytes;
    const aStart = this.starts[a] as number;
    const bStart = this.starts[b] as number;
    const aLength = (this.ends[a] as number) - aStart;
    const bLength = (this.ends[b] as number) - bStart;
    const length = Math.min(aLength, bLength);
    for (let index = 0; index < length; index++) {
      const difference = (bytes[aStart + index] as number) - (bytes[bStart + index] as number);
      if (difference !== 0) return difference;
    }
    return aLength - bLength;
  }

  startsWith(text: number, start: number): boolean {
    const from = this.starts[text] as number;
    const part = this.starts[start] as number;
    const length = (this.ends[start] as number) - part;
    return length <= (this.ends[text] as number) - from && this.#same(from, part, length);
  }

  endsWith(text: number, end: number): boolean {
    const to = this.ends[text] as number;
    const part = this.starts[end] as number;
    const length = (this.ends[end] as number) - part;
    return length <= to - (this.starts[text] as number) && this.#same(to - length, part, length);
  }

  includes(text: number, part: number): boolean {
    return this.#find(this.starts[text] as number, this.ends[text] as number, part) >= 0;
  }

  /** Where a text first lies between the two bytes; -1 for nowhere. */
  #find(from: number, end: number, part: number): number {
    const start = this.starts[part] as number;
    const length = (this.ends[part] as number) - start;
    for (let at = from; at + length <= end; at++) if (this.#same(at, start, length)) return at;
    return -1;
  }

  codePointCount(text: number): number {
    const bytes = this.#bytes;
    const end = this.ends[text] as number;
    let count = 0;
    for (let at = this.starts[text] as number; at < end; at++) {
      if (((bytes[at] as number) & CONTINUATION_MASK) !== CONTINUATION) count++;
    }
    return count;
  }

  /** `length` code points from the `start`-th on, counted from 1. */
  codePointSlice(text: number, start: number, length: number, into: number): number {
    const end = this.ends[text] as number;
    const from = this.#passCodePoints(this.starts[text] as number, end, start - 1);
    return this.set(into, from, this.#passCodePoints(from, end, length));
  }

  #passCodePoints(from: number, end: number, count: number): number {
    const bytes = this.#bytes;
    let at = from;
    for (let passed = 0; passed < count && at < end; passed++) {
      at++;
      while (at < end && ((bytes[at] as number) & CONTINUATION_MASK) === CONTINUATION) at++;
    }
    return at;
  }

  /** The `part`-th part, counted from 1; empty where there are fewer. */
  splitPart(text: number, separator: number, part: number, into: number): number {
    const end = this.ends[text] as number;
    const separatorBytes = (this.ends[separator] as number) - (this.starts[separator] as number);
    let from = this.starts[text] as number;
    for (let passed = 1; passed < part; passed++) {
      const found = this.#find(from, end, separator);
      if (found < 0) return this.set(into, end, end);
      from = found + separatorBytes;
    }
    const to = this.#find(from, end, separator);
    return this.set(into, from, to < 0 ? end : to);
  }

  /** Without U+0020 at both ends. */
  trimSpaces(text: number, into: number): number {
    const bytes = this.#bytes;
    let from = this.starts[text] as number;
    let to = this.ends[text] as number;
    while (from < to && bytes[from] === SPACE) from++;
    while (to > from && bytes[to - 1] === SPACE) to--;
    return this.set(into, from, to);
  }

  lowerAscii(text: number, into: number): number | null {
    return this.#has(text, 0x41, 0x5a) ? this.put(lowerAscii(this.string(text) as string), into) : text;
  }

  upperAscii(text: number, into: number): number | null {
    return this.#has(text, 0x61, 0x7a) ? this.put(upperAscii(this.string(text) as string), into) : text;
  }

  #has(text: number, least: number, most: number): boolean {
    const bytes = this.#bytes;
    const end = this.ends[text] as number;
    for (let at = this.starts[text] as number; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte >= least && byte <= most) return true;
    }
    return false;
  }
}
