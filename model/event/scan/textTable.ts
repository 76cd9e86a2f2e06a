import { type Bytes, SLACK_BYTES, utf8Of } from "./bytes.js";

/** Finds a text among some by its bytes. */
export interface TextTable {
  /** The index of the text, the first one's where two are equal; -1 for none. */
  find(bytes: Bytes, words: DataView, start: number, end: number): number;
}

const SURROGATE = /\p{Surrogate}/u;

/** The first four bytes, the last four and the length tell most texts apart. */
const hashOf = (words: DataView, start: number, end: number): number => {
  const length = end - start;
  const first = words.getInt32(start, true);
  const hash =
    length < 4
      ? first & ((1 << (8 * length)) - 1)
      : first ^ Math.imul(words.getInt32(end - 4, true), 0x9e3779b1);
  const mixed = Math.imul(hash ^ length, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
};

/** An open table of hashes. Texts that are not well-formed Unicode are in no event and are left out. */
export const createTextTable = (texts: readonly string[]): TextTable => {
  const size = 2 ** Math.ceil(Math.log2(texts.length * 2 + 1));
  const mask = size - 1;
  /** 1 + index; 0: free. */
  const slots = new Int32Array(size);
  const all = Buffer.concat([...texts.map(utf8Of), new Uint8Array(SLACK_BYTES)]);
  const allWords = new DataView(all.buffer, all.byteOffset, all.length);
  const allBytes = new Uint8Array(all.buffer, all.byteOffset, all.length);
  const starts = new Int32Array(texts.length + 1);
  for (const [index, text] of texts.entries())
    starts[index + 1] = (starts[index] as number) + Buffer.byteLength(text);

  const isAt = (index: number, bytes: Bytes, start: number, end: number): boolean => {
    const from = starts[index] as number;
    if ((starts[index + 1] as number) - from !== end - start) return false;
    for (let at = start; at < end; at++) if (allBytes[from + at - start] !== bytes[at]) return false;
    return true;
  };

  const find = (bytes: Bytes, words: DataView, start: number, end: number): number => {
    for (let slot = hashOf(words, start, end) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const index = (slots[slot] as number) - 1;
      if (isAt(index, bytes, start, end)) return index;
    }
    return -1;
  };

  for (const [index, text] of texts.entries()) {
    const start = starts[index] as number;
    const end = starts[index + 1] as number;
    if (SURROGATE.test(text) || find(allBytes, allWords, start, end) >= 0) continue;
    let slot = hashOf(allWords, start, end) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = index + 1;
  }
  return { find };
};
