import { CHUNK_BITS, FIRST_ADDRESS } from "./chunks.js";
import { type Column, createColumn, createPlaces, giveColumn, sortByWords } from "./digitSort.js";
import type { GroupTable } from "./groupTable.js";
import {
  type KeyWords,
  loadLengths,
  loadWords,
  sharedTo,
  sortSmall,
  touchKeys,
  wholeWords,
} from "./keyWords.js";
import type { PaneTable } from "./paneTable.js";
import { RECORD_LENGTH, RECORD_PANE, rowWords } from "./rows.js";
import { inSlices, SLICE_GROUPS } from "./slices.js";
import { giveWords } from "./spareWords.js";

/*
 * Radix sort from the most significant side: groups by pane, then ranges of keys that are equal so far by their next word,
 * until a range is small.
 */

/** Ranges up to here are sorted by insertion. */
const INSERTION_MAX = 48;

/** Their keys are asked for before the first of them is needed: together they wait for memory once. */
const TOUCHED_RECORDS = 256;

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
  let touchedTo = from;
  for (let index = from + 1; index <= to; index++) {
    if (index < to && words[index] === words[run]) continue;
    if (index > touchedTo) {
      const end = Math.min(to, Math.max(index, touchedTo + TOUCHED_RECORDS));
      touchKeys(keys, touchedTo, end);
      touchedTo = end;
    }
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
const rankPanes = (panes: PaneTable): Int32Array => {
  const { panesMs } = panes;
  const ranks = new Int32Array(panesMs.length);
  Float64Array.from(panesMs)
    .sort()
    .forEach((paneMs, rank) => {
      ranks[panes.indexOf(paneMs)] = rank;
    });
  return ranks;
};

/** Writes rows by pane, ascending. Returns where each pane ends. */
function* byPane(table: GroupTable, into: Int32Array): Generator<number, Int32Array> {
  const { panes, paneGroups, layout, rows } = table;
  const ranks = rankPanes(panes);
  const ends = new Int32Array(ranks.length);
  for (let pane = 0; pane < ranks.length; pane++) ends[ranks[pane] as number] = paneGroups[pane] as number;
  let place = 0;
  for (let rank = 0; rank < ends.length; rank++) {
    const size = ends[rank] as number;
    ends[rank] = place;
    place += size;
  }
  for (let index = 0; index < rows.chunks.length; index++) {
    const chunk = rows.chunks[index] as Int32Array;
    const end = rows.ends[index] as number;
    let found = 0;
    for (let at = index === 0 ? FIRST_ADDRESS : 0; at < end; found++) {
      const record = at + layout.stateWords;
      const rank = ranks[chunk[record + RECORD_PANE] as number] as number;
      const to = ends[rank] as number;
      ends[rank] = to + 1;
      into[to] = (index << CHUNK_BITS) | record;
      at += rowWords(layout, chunk[record + RECORD_LENGTH] as number);
    }
    yield found;
  }
  return ends;
}

/** The rows by pane, then key, in front of what may follow them; taken by `takeWords`. Yields how many groups each slice of the work took in hand. */
export function* orderGroups(table: GroupTable): Generator<number, Int32Array> {
  const { rows, count } = table;
  const keys: KeyWords = { ...createColumn(count), chunks: rows.chunks, differing: 0, goesOn: false };
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
  giveColumn(sorting.other);
  giveWords(keys.words);
  return records;
}
