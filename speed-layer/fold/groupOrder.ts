import { CHUNK_BITS, CHUNK_MASK } from "./chunks.js";
import { type GroupTable, RECORD_GROUP, RECORD_KEY, RECORD_LENGTH, RECORD_PANE } from "./groupTable.js";
import { PAGE_BITS, PAGE_MASK } from "./pages.js";

/*
 * Radix sort from the most significant side: groups by pane, then within a range of equal words so far by the key's next
 * word, until ranges are small. A word is sorted by its bytes, from the least significant side, those that are equal in
 * the whole range left out.
 */

/** The groups in the order of an increment. */
export interface GroupOrder {
  /** Addresses of their records. */
  readonly records: Int32Array;
  readonly groups: Int32Array;
}

/** Ranges up to here are sorted by insertion. */
const INSERTION_MAX = 20;
const SLICE_GROUPS = 4_096;
const DIGITS = 256;

type Chunks = GroupTable["chunks"];

/** What a sort works on, made anew for each. `words` holds the word at hand of the record beside it. */
interface Sorting {
  readonly chunks: Chunks;
  readonly records: Int32Array;
  readonly words: Int32Array;
  readonly otherRecords: Int32Array;
  readonly otherWords: Int32Array;
  readonly ends: Int32Array;
  /** Bits in which words of the range differ. */
  differing: number;
  /** Some key of the range goes on after this word. */
  goesOn: boolean;
}

/** Order of keys that are equal in all words before `word`. */
const compareKeys = (chunks: Chunks, a: number, b: number, word: number): number => {
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

const sortByInsertion = ({ chunks, records }: Sorting, from: number, to: number, word: number): void => {
  for (let index = from + 1; index < to; index++) {
    const record = records[index] as number;
    let at = index;
    for (; at > from; at--) {
      const before = records[at - 1] as number;
      if (compareKeys(chunks, before, record, word) < 0) break;
      records[at] = before;
    }
    records[at] = record;
  }
};

/** Loads a word of each key: past its end zero, which lengths tell from a real one at last. */
const loadWords = (sorting: Sorting, from: number, to: number, first: number, word: number): void => {
  const { chunks, records, words } = sorting;
  let { differing, goesOn } = sorting;
  for (let index = from; index < to; index++) {
    const record = records[index] as number;
    const chunk = chunks[record >>> CHUNK_BITS] as Int32Array;
    const at = record & CHUNK_MASK;
    const length = chunk[at + RECORD_LENGTH] as number;
    const loaded = word * 4 < length ? (chunk[at + RECORD_KEY + word] as number) : 0;
    words[index] = loaded;
    differing |= loaded ^ (words[first] as number);
    if (length > word * 4 + 4) goesOn = true;
  }
  sorting.differing = differing;
  sorting.goesOn = goesOn;
};

const loadLengths = (sorting: Sorting, from: number, to: number, first: number): void => {
  const { chunks, records, words } = sorting;
  for (let index = from; index < to; index++) {
    const record = records[index] as number;
    words[index] = (chunks[record >>> CHUNK_BITS] as Int32Array)[
      (record & CHUNK_MASK) + RECORD_LENGTH
    ] as number;
    sorting.differing |= (words[index] as number) ^ (words[first] as number);
  }
};

const countDigits = (words: Int32Array, from: number, to: number, shift: number, ends: Int32Array): void => {
  for (let index = from; index < to; index++) {
    const digit = ((words[index] as number) >>> shift) & (DIGITS - 1);
    ends[digit] = (ends[digit] as number) + 1;
  }
};

/** From how often each digit occurs to where the first of each goes. */
const toStarts = (ends: Int32Array, from: number): void => {
  let start = from;
  for (let digit = 0; digit < DIGITS; digit++) {
    const count = ends[digit] as number;
    ends[digit] = start;
    start += count;
  }
};

const scatter = (sorting: Sorting, from: number, to: number, shift: number): void => {
  const { records, words, otherRecords, otherWords, ends } = sorting;
  for (let index = from; index < to; index++) {
    const word = words[index] as number;
    const digit = (word >>> shift) & (DIGITS - 1);
    const at = ends[digit] as number;
    ends[digit] = at + 1;
    otherWords[at] = word;
    otherRecords[at] = records[index] as number;
  }
};

const copyBack = ({ records, words, otherRecords, otherWords }: Sorting, from: number, to: number): void => {
  for (let index = from; index < to; index++) {
    records[index] = otherRecords[index] as number;
    words[index] = otherWords[index] as number;
  }
};

/** Runs `work` over the range in slices, yielding after each how many groups it took. */
function* inSlices(
  from: number,
  to: number,
  work: (from: number, to: number) => void,
): Generator<number, void> {
  for (let at = from; at < to; at += SLICE_GROUPS) {
    const end = Math.min(at + SLICE_GROUPS, to);
    work(at, end);
    yield end - at;
  }
}

/** Sorts the range by the words that are loaded. */
function* sortByWords(sorting: Sorting, from: number, to: number): Generator<number, void> {
  const { words, ends, differing } = sorting;
  for (let shift = 0; shift < 32; shift += 8) {
    if (((differing >>> shift) & (DIGITS - 1)) === 0) continue;
    ends.fill(0);
    yield* inSlices(from, to, (start, end) => countDigits(words, start, end, shift, ends));
    toStarts(ends, from);
    yield* inSlices(from, to, (start, end) => scatter(sorting, start, end, shift));
    yield* inSlices(from, to, (start, end) => copyBack(sorting, start, end));
  }
}

/** Sorts a range of one pane whose keys are equal in all words before `word`. Ranges left to be sorted go to `todo`. */
function* sortRange(
  sorting: Sorting,
  from: number,
  to: number,
  word: number,
  todo: number[],
): Generator<number, void> {
  sorting.differing = 0;
  sorting.goesOn = false;
  yield* inSlices(from, to, (start, end) => loadWords(sorting, start, end, from, word));
  const { goesOn } = sorting;
  if (sorting.differing === 0 && goesOn) {
    todo.push(from, to, word + 1);
    return;
  }
  if (sorting.differing === 0) {
    yield* inSlices(from, to, (start, end) => loadLengths(sorting, start, end, from));
    yield* sortByWords(sorting, from, to);
    return;
  }
  yield* sortByWords(sorting, from, to);
  const { words } = sorting;
  let run = from;
  let sorted = 0;
  for (let index = from + 1; index <= to; index++) {
    if (index < to && words[index] === words[run]) continue;
    if (index - run > INSERTION_MAX) todo.push(run, index, word + 1);
    else if (index - run > 1) {
      sortByInsertion(sorting, run, index, word + 1);
      sorted += index - run;
    }
    run = index;
    if (sorted < SLICE_GROUPS) continue;
    yield sorted;
    sorted = 0;
  }
  yield sorted;
}

/** Groups by pane, ascending; where each pane ends goes to `paneEnds`. */
function* byPane(table: GroupTable, records: Int32Array, paneEnds: number[]): Generator<number, void> {
  const { panesMs, chunks, addresses, count } = table;
  const ranks = new Int32Array(panesMs.length);
  const ascending = Array.from(panesMs, (_, pane) => pane).sort(
    (a, b) => (panesMs[a] as number) - (panesMs[b] as number),
  );
  ascending.forEach((pane, rank) => {
    ranks[pane] = rank;
  });
  const counts = new Int32Array(panesMs.length);
  const recordOf = (group: number): number =>
    (addresses[group >>> PAGE_BITS] as Int32Array)[group & PAGE_MASK] as number;
  const rankOf = (record: number): number => {
    const chunk = chunks[record >>> CHUNK_BITS] as Int32Array;
    return ranks[chunk[(record & CHUNK_MASK) + RECORD_PANE] as number] as number;
  };
  yield* inSlices(0, count, (start, end) => {
    for (let group = start; group < end; group++) {
      const rank = rankOf(recordOf(group));
      counts[rank] = (counts[rank] as number) + 1;
    }
  });
  let start = 0;
  for (let rank = 0; rank < counts.length; rank++) {
    const size = counts[rank] as number;
    counts[rank] = start;
    start += size;
    paneEnds.push(start);
  }
  yield* inSlices(0, count, (from, to) => {
    for (let group = from; group < to; group++) {
      const record = recordOf(group);
      const rank = rankOf(record);
      const at = counts[rank] as number;
      counts[rank] = at + 1;
      records[at] = record;
    }
  });
}

/** Sorts the groups by pane, then key. Yields how many groups each slice of the work took in hand. */
export function* orderGroups(table: GroupTable): Generator<number, GroupOrder> {
  const { chunks, count } = table;
  const records = new Int32Array(count);
  const sorting: Sorting = {
    chunks,
    records,
    words: new Int32Array(count),
    otherRecords: new Int32Array(count),
    otherWords: new Int32Array(count),
    ends: new Int32Array(DIGITS),
    differing: 0,
    goesOn: false,
  };
  const paneEnds: number[] = [];
  yield* byPane(table, records, paneEnds);
  const todo: number[] = [];
  let from = 0;
  for (const end of paneEnds) {
    todo.push(from, end, 0);
    from = end;
    while (todo.length > 0) {
      const word = todo.pop() as number;
      const rangeEnd = todo.pop() as number;
      const rangeStart = todo.pop() as number;
      if (rangeEnd - rangeStart > INSERTION_MAX) yield* sortRange(sorting, rangeStart, rangeEnd, word, todo);
      else {
        sortByInsertion(sorting, rangeStart, rangeEnd, word);
        yield rangeEnd - rangeStart;
      }
    }
  }
  const groups = new Int32Array(count);
  yield* inSlices(0, count, (start, end) => {
    for (let index = start; index < end; index++) {
      const record = records[index] as number;
      const chunk = chunks[record >>> CHUNK_BITS] as Int32Array;
      groups[index] = chunk[(record & CHUNK_MASK) + RECORD_GROUP] as number;
    }
  });
  return { records, groups };
}
