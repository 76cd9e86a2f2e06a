import { CHUNK_BITS, CHUNK_MASK, type Chunks } from "./chunks.js";
import type { Column } from "./digitSort.js";
import { RECORD_KEY, RECORD_LENGTH } from "./rows.js";

/** Records with a word of each key, and what is known of these words since they were loaded. */
export interface KeyWords extends Column {
  readonly chunks: Chunks["chunks"];
  /** Bits in which they differ. */
  differing: number;
  /** Some key goes on after them. */
  goesOn: boolean;
}

/** Takes what is read ahead, so that reading it is not left out. */
const touched = new Int32Array(1);

/** Fetches the keys of a range. */
export const touchKeys = ({ chunks, records }: KeyWords, from: number, to: number): void => {
  let read = 0;
  for (let index = from; index < to; index++) {
    const record = records[index] as number;
    read ^= (chunks[record >>> CHUNK_BITS] as Int32Array)[(record & CHUNK_MASK) + RECORD_KEY] as number;
  }
  touched[0] = read;
};

export const wholeWords = ({ chunks }: KeyWords, record: number): number =>
  ((chunks[record >>> CHUNK_BITS] as Int32Array)[(record & CHUNK_MASK) + RECORD_LENGTH] as number) >>> 2;

/** Where keys of the range first differ from the first key, or one of them ends: from `word` on, at most `most`. */
export const sharedTo = (
  { chunks, records }: KeyWords,
  first: number,
  from: number,
  to: number,
  word: number,
  most: number,
): number => {
  const firstChunk = chunks[first >>> CHUNK_BITS] as Int32Array;
  const firstKey = (first & CHUNK_MASK) + RECORD_KEY;
  let end = most;
  for (let index = from; index < to && end > word; index++) {
    const record = records[index] as number;
    const chunk = chunks[record >>> CHUNK_BITS] as Int32Array;
    const at = record & CHUNK_MASK;
    end = Math.min(end, (chunk[at + RECORD_LENGTH] as number) >>> 2);
    for (let next = word; next < end; next++)
      if (chunk[at + RECORD_KEY + next] !== firstChunk[firstKey + next]) end = next;
  }
  return Math.max(word, end);
};

/** Loads a word of each key. Past a key's end it is zero, which lengths tell from a real one at last. */
export const loadWords = (keys: KeyWords, from: number, to: number, first: number, word: number): void => {
  const { chunks, records, words } = keys;
  let differing = 0;
  let longest = 0;
  for (let index = from; index < to; index++) {
    const record = records[index] as number;
    const chunk = chunks[record >>> CHUNK_BITS] as Int32Array;
    const at = record & CHUNK_MASK;
    const length = chunk[at + RECORD_LENGTH] as number;
    words[index] = word * 4 < length ? (chunk[at + RECORD_KEY + word] as number) : 0;
    differing |= (words[index] as number) ^ (words[first] as number);
    if (length > longest) longest = length;
  }
  keys.differing |= differing;
  if (longest > word * 4 + 4) keys.goesOn = true;
};

export const loadLengths = (keys: KeyWords, from: number, to: number, first: number): void => {
  const { chunks, records, words } = keys;
  for (let index = from; index < to; index++) {
    const record = records[index] as number;
    const chunk = chunks[record >>> CHUNK_BITS] as Int32Array;
    words[index] = chunk[(record & CHUNK_MASK) + RECORD_LENGTH] as number;
    keys.differing |= (words[index] as number) ^ (words[first] as number);
  }
};

/** Order of keys that are equal in all words before `word`. */
const compareKeys = (chunks: Chunks["chunks"], a: number, b: number, word: number): number => {
  const chunkA = chunks[a >>> CHUNK_BITS] as Int32Array;
  const chunkB = chunks[b >>> CHUNK_BITS] as Int32Array;
  const atA = a & CHUNK_MASK;
  const atB = b & CHUNK_MASK;
  const lengthA = chunkA[atA + RECORD_LENGTH] as number;
  const lengthB = chunkB[atB + RECORD_LENGTH] as number;
  const wordsMin = (Math.min(lengthA, lengthB) + 3) >>> 2;
  for (let next = word; next < wordsMin; next++) {
    const wordA = chunkA[atA + RECORD_KEY + next] as number;
    const wordB = chunkB[atB + RECORD_KEY + next] as number;
    if (wordA !== wordB) return wordA >>> 0 < wordB >>> 0 ? -1 : 1;
  }
  return lengthA - lengthB;
};

/** Sorts a small range by the loaded words, then by what follows the word at hand. */
const sortByInsertion = (keys: KeyWords, from: number, to: number, word: number): void => {
  const { chunks, records, words } = keys;
  for (let index = from + 1; index < to; index++) {
    const record = records[index] as number;
    const loaded = words[index] as number;
    let at = index;
    for (; at > from; at--) {
      const before = words[at - 1] as number;
      if (before >>> 0 < loaded >>> 0) break;
      if (before === loaded && compareKeys(chunks, records[at - 1] as number, record, word + 1) < 0) break;
      records[at] = records[at - 1] as number;
      words[at] = before;
    }
    records[at] = record;
    words[at] = loaded;
  }
};

/** Sorts a small range whose keys are equal in all words before `first`. */
export const sortSmall = (keys: KeyWords, from: number, to: number, first: number): void => {
  const record = keys.records[from] as number;
  const shared = sharedTo(keys, record, from, to, first, wholeWords(keys, record));
  for (let word = shared; ; word++) {
    keys.differing = 0;
    keys.goesOn = false;
    loadWords(keys, from, to, from, word);
    if (keys.differing === 0 && keys.goesOn) continue;
    sortByInsertion(keys, from, to, word);
    return;
  }
};
