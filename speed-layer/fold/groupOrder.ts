import { CHUNK_BITS, CHUNK_MASK } from "./chunks.js";
import { type Column, createColumn, createPlaces, sortByWords } from "./digitSort.js";
import { type GroupTable, RECORD_GROUP, RECORD_PANE } from "./groupTable.js";
import { type KeyWords, loadLengths, loadWords, sharedTo, sortSmall, wholeWords } from "./keyWords.js";
import { PAGE_BITS, PAGE_MASK } from "./pages.js";
import type { PaneTable } from "./paneTable.js";
import { inSlices, SLICE_GROUPS } from "./slices.js";

/*
 * Radix sort from the most significant side: groups by pane, then ranges of keys that are equal so far by their next word,
 * until a range is small.
 */

/** The groups in the order of an increment. */
export interface GroupOrder {
  /** Addresses of their records. */
  readonly records: Int32Array;
  readonly groups: Int32Array;
}

/** Ranges up to here are sorted by insertion. */
const INSERTION_MAX = 48;

/** What a sort works on, made anew for each. */
interface Sorting {
  readonly keys: KeyWords;
  readonly other: Column;
  readonly places: Int32Array;
  /** Ranges that are left: from, to, the first word in which their keys may differ. */
  readonly todo: number[];
}

/** Sorts a range of one pane whose keys are equal in all words before `first`, but for what it leaves to be done. */
function* sortLarge(sorting: Sorting, from: number, to: number, first: number): Generator<number, void> {
  const { keys, other, places, todo } = sorting;
  const record = keys.records[from] as number;
  let word = wholeWords(keys, record);
  yield* inSlices(from, to, (start, end) => {
    word = sharedTo(keys, record, start, end, first, word);
  });
  keys.differing = 0;
  keys.goesOn = false;
  yield* inSlices(from, to, (start, end) => loadWords(keys, start, end, from, word));
  if (keys.differing === 0 && keys.goesOn) {
    todo.push(from, to, word + 1);
    return;
  }
  const byLength = keys.differing === 0;
  if (byLength) yield* inSlices(from, to, (start, end) => loadLengths(keys, start, end, from));
  yield* sortByWords(keys, other, places, keys.differing, from, to);
  if (byLength) return;
  const { words } = keys;
  let run = from;
  let sorted = 0;
  for (let index = from + 1; index <= to; index++) {
    if (index < to && words[index] === words[run]) continue;
    if (index - run > INSERTION_MAX) todo.push(run, index, word + 1);
    else if (index - run > 1) sortSmall(keys, run, index, word + 1);
    sorted += index - run;
    run = index;
    if (sorted < SLICE_GROUPS) continue;
    yield sorted;
    sorted = 0;
  }
  yield sorted;
}

/** By pane's index, its place among all. */
const rankPanes = ({ panesMs, indexOf }: PaneTable): Int32Array => {
  const ranks = new Int32Array(panesMs.length);
  Float64Array.from(panesMs)
    .sort()
    .forEach((paneMs, rank) => {
      ranks[indexOf(paneMs)] = rank;
    });
  return ranks;
};

/** Groups by pane, ascending. Returns where each pane ends. */
function* byPane(table: GroupTable, records: Int32Array): Generator<number, Int32Array> {
  const { panes, chunks, addresses, count } = table;
  const ranks = rankPanes(panes);
  const ends = new Int32Array(ranks.length);
  const recordOf = (group: number): number =>
    (addresses[group >>> PAGE_BITS] as Int32Array)[group & PAGE_MASK] as number;
  const rankOf = (record: number): number => {
    const chunk = chunks[record >>> CHUNK_BITS] as Int32Array;
    return ranks[chunk[(record & CHUNK_MASK) + RECORD_PANE] as number] as number;
  };
  yield* inSlices(0, count, (start, end) => {
    for (let group = start; group < end; group++) {
      const rank = rankOf(recordOf(group));
      ends[rank] = (ends[rank] as number) + 1;
    }
  });
  let place = 0;
  for (let rank = 0; rank < ends.length; rank++) {
    const size = ends[rank] as number;
    ends[rank] = place;
    place += size;
  }
  yield* inSlices(0, count, (start, end) => {
    for (let group = start; group < end; group++) {
      const record = recordOf(group);
      const rank = rankOf(record);
      const at = ends[rank] as number;
      ends[rank] = at + 1;
      records[at] = record;
    }
  });
  return ends;
}

/** Sorts the groups by pane, then key. Yields how many groups each slice of the work took in hand. */
export function* orderGroups(table: GroupTable): Generator<number, GroupOrder> {
  const { chunks, count } = table;
  const keys: KeyWords = { ...createColumn(count), chunks, differing: 0, goesOn: false };
  const { records } = keys;
  const todo: number[] = [];
  const sorting: Sorting = { keys, other: createColumn(count), places: createPlaces(), todo };
  let paneStart = 0;
  for (const paneEnd of yield* byPane(table, records)) {
    todo.push(paneStart, paneEnd, 0);
    paneStart = paneEnd;
    while (todo.length > 0) {
      const word = todo.pop() as number;
      const to = todo.pop() as number;
      const from = todo.pop() as number;
      if (to - from > INSERTION_MAX) yield* sortLarge(sorting, from, to, word);
      else {
        sortSmall(keys, from, to, word);
        yield to - from;
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
