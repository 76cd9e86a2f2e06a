import { inSlices } from "./slices.js";
import { giveWords, sizeBitsFor, takeWords } from "./spareWords.js";

/*
 * Words are sorted by their bytes, from the least significant side; bytes that are equal in the whole range are left out.
 */
const DIGITS = 256;

/** Records, each with the word at hand of its key beside it. */
export interface Column {
  readonly records: Int32Array;
  readonly words: Int32Array;
}

/** Of so many words at least. */
export const createColumn = (length: number): Column => ({
  records: takeWords(sizeBitsFor(length)),
  words: takeWords(sizeBitsFor(length)),
});

export const giveColumn = ({ records, words }: Column): void => {
  giveWords(records);
  giveWords(words);
};

/** By digit, where the next goes. */
export const createPlaces = (): Int32Array => new Int32Array(DIGITS);

const countDigits = (
  places: Int32Array,
  { words }: Column,
  from: number,
  to: number,
  shift: number,
): void => {
  for (let index = from; index < to; index++) {
    const digit = ((words[index] as number) >>> shift) & (DIGITS - 1);
    places[digit] = (places[digit] as number) + 1;
  }
};

/** From how often each digit occurs to where its first goes. */
const toPlaces = (places: Int32Array, from: number): void => {
  let place = from;
  for (let digit = 0; digit < DIGITS; digit++) {
    const count = places[digit] as number;
    places[digit] = place;
    place += count;
  }
};

const scatter = (
  places: Int32Array,
  { records, words }: Column,
  into: Column,
  from: number,
  to: number,
  shift: number,
): void => {
  const { records: intoRecords, words: intoWords } = into;
  for (let index = from; index < to; index++) {
    const word = words[index] as number;
    const digit = (word >>> shift) & (DIGITS - 1);
    const at = places[digit] as number;
    places[digit] = at + 1;
    intoWords[at] = word;
    intoRecords[at] = records[index] as number;
  }
};

const copy = ({ records, words }: Column, into: Column, from: number, to: number): void => {
  for (let index = from; index < to; index++) {
    into.records[index] = records[index] as number;
    into.words[index] = words[index] as number;
  }
};

/** Sorts a range of `column` by its words, which differ in no other bits than `differing`. `other` and `places` are room. */
export function* sortByWords(
  column: Column,
  other: Column,
  places: Int32Array,
  differing: number,
  from: number,
  to: number,
): Generator<number, void> {
  let source = column;
  let target = other;
  for (let shift = 0; shift < 32; shift += 8) {
    if (((differing >>> shift) & (DIGITS - 1)) === 0) continue;
    const [at, into] = [source, target];
    places.fill(0);
    yield* inSlices(from, to, (start, end) => countDigits(places, at, start, end, shift));
    toPlaces(places, from);
    yield* inSlices(from, to, (start, end) => scatter(places, at, into, start, end, shift));
    source = into;
    target = at;
  }
  if (source !== column) yield* inSlices(from, to, (start, end) => copy(other, column, start, end));
}
