import { evenWords } from "./chunks.js";
import type { StoreForm } from "./stores/store.js";

/*
 * A group is one row of words, so that an event finds all of it in a cache line or two: the states of its measures, then its
 * record: its pane's index, its key's length in bytes, the key's bytes four to a word, the first of them highest, the last
 * word filled up with zeros, so that words compare as keys do.
 * A row's address is that of its record. A state lies some words before it.
 */
export const RECORD_PANE = 0;
export const RECORD_LENGTH = 1;
export const RECORD_KEY = 2;

export interface RowLayout {
  /** By store, how many words before the record its state begins. */
  readonly before: readonly number[];
  /** Of all states. */
  readonly stateWords: number;
}

export const layOut = (forms: readonly StoreForm[]): RowLayout => {
  let words = 0;
  const before = forms.map((form) => {
    words += form.words;
    if (form.isDouble) words = evenWords(words);
    return words;
  });
  return { before, stateWords: evenWords(words) };
};

/** Of a row with a key of so many bytes. */
export const rowWords = ({ stateWords }: RowLayout, keyBytes: number): number =>
  evenWords(stateWords + RECORD_KEY + ((keyBytes + 3) >>> 2));
