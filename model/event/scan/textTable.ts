import { type Bytes, utf8Of } from "./bytes.js";

/** Finds a text among few by its bytes. */
export interface TextTable {
  /** The index of the text, the first one's where two are equal; -1 for none. */
  find(bytes: Bytes, start: number, end: number): number;
}

const SURROGATE = /\p{Surrogate}/u;
const MULTIPLIER = 0x01000193;

const hashOf = (bytes: Bytes, start: number, end: number): number => {
  let hash = end - start;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), MULTIPLIER);
  return hash ^ (hash >>> 15);
};

/** An open table of hashes; texts that are not well-formed Unicode are in no event and are left out. */
export const createTextTable = (texts: readonly string[]): TextTable => {
  const size = 2 ** Math.ceil(Math.log2(texts.length * 2 + 1));
  const mask = size - 1;
  /** 1 + index; 0: free. */
  const slots = new Int32Array(size);
  const encoded = texts.map(utf8Of);
  const starts = new Int32Array(texts.length + 1);
  for (const [index, bytes] of encoded.entries())
    starts[index + 1] = (starts[index] as number) + bytes.length;
  const all = new Uint8Array(starts[texts.length] as number);
  for (const [index, bytes] of encoded.entries()) all.set(bytes, starts[index]);

  const isAt = (index: number, bytes: Bytes, start: number, end: number): boolean => {
    const from = starts[index] as number;
    const length = end - start;
    if ((starts[index + 1] as number) - from !== length) return false;
    for (let offset = 0; offset < length; offset++) {
      if (all[from + offset] !== bytes[start + offset]) return false;
    }
    return true;
  };

  const find = (bytes: Bytes, start: number, end: number): number => {
    for (let slot = hashOf(bytes, start, end) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const index = (slots[slot] as number) - 1;
      if (isAt(index, bytes, start, end)) return index;
    }
    return -1;
  };

  for (const [index, bytes] of encoded.entries()) {
    if (SURROGATE.test(texts[index] as string) || find(bytes, 0, bytes.length) >= 0) continue;
    let slot = hashOf(bytes, 0, bytes.length) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = index + 1;
  }
  return { find };
};
