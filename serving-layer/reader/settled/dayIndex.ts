import {
  type ByteWriter,
  createByteReader,
  createByteWriter,
  type EpochMs,
  type GroupKey,
  type Measure,
  type TimeRange,
} from "@freshet/model";

/** Takes one row. The states are the taker's own. */
export type TakeStates = (paneMs: EpochMs, states: unknown[]) => void;

/** One day of a metric's generation in memory, by key. */
export interface DayIndex {
  /** The key's rows within a range, by pane. */
  rowsOf(key: GroupKey, range: TimeRange, take: TakeStates): void;
  /** Keys with rows within a range; null now and then between them, so that a long look can be left. */
  keysIn(range: TimeRange): Iterable<GroupKey | null>;
  readonly keyCount: number;
  readonly bytes: number;
}

export interface DayIndexBuilder {
  /** Rows of a key come one after the other, by pane. */
  add(key: GroupKey, paneMs: EpochMs, states: readonly unknown[]): void;
  finish(): DayIndex;
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const EMPTY = -1;
const KEYS_BETWEEN_LOOKS = 256;

/** FNV-1a of the key's bytes. */
const hashOf = (key: string): number => {
  let hash = FNV_OFFSET;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), FNV_PRIME);
  return hash >>> 0;
};

/** The first index in `[low, high)` whose value is not less. */
const search = (values: Uint32Array, least: number, low: number, high: number): number => {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((values[middle] as number) < least) from = middle + 1;
    else to = middle;
  }
  return from;
};

/*
 * Keys in the order in which they came: key `k` has the bytes keyBytes[keyEnds[k - 1] .. keyEnds[k]) and the rows rowEnds[k - 1] ..
 * rowEnds[k). Row `r`: its pane as milliseconds of the day, and its states, encoded, at stateBytes[stateStarts[r]]. `slots` is a table
 * of keys by hash, open, at most half full.
 */
export const createDayIndex = (dayMs: number, measures: readonly Measure[]): DayIndexBuilder => {
  const keys: ByteWriter = createByteWriter();
  const states: ByteWriter = createByteWriter();
  const keyEnds: number[] = [];
  const hashes: number[] = [];
  const rowEnds: number[] = [];
  const panes: number[] = [];
  const stateStarts: number[] = [];
  let last: GroupKey | null = null;
  return {
    add(key, paneMs, row) {
      if (key !== last) {
        keys.latin1(key);
        keyEnds.push(keys.length);
        hashes.push(hashOf(key));
        rowEnds.push(panes.length);
        last = key;
      }
      panes.push(paneMs - dayMs);
      rowEnds[rowEnds.length - 1] = panes.length;
      stateStarts.push(states.length);
      for (let index = 0; index < measures.length; index++)
        (measures[index] as Measure).encode(row[index], states);
    },
    finish: () =>
      indexOf(dayMs, measures, {
        keyBytes: Buffer.from(keys.finish()),
        stateBytes: states.finish(),
        keyEnds: Uint32Array.from(keyEnds),
        hashes: Uint32Array.from(hashes),
        rowEnds: Uint32Array.from(rowEnds),
        panes: Uint32Array.from(panes),
        stateStarts: Uint32Array.from(stateStarts),
      }),
  };
};

interface Columns {
  readonly keyBytes: Buffer;
  readonly stateBytes: Uint8Array;
  readonly keyEnds: Uint32Array;
  readonly hashes: Uint32Array;
  readonly rowEnds: Uint32Array;
  readonly panes: Uint32Array;
  readonly stateStarts: Uint32Array;
}

const tableOf = (hashes: Uint32Array): Int32Array => {
  let size = 2;
  while (size < hashes.length * 2) size *= 2;
  const slots = new Int32Array(size).fill(EMPTY);
  for (let key = 0; key < hashes.length; key++) {
    let slot = (hashes[key] as number) & (size - 1);
    while (slots[slot] !== EMPTY) slot = (slot + 1) & (size - 1);
    slots[slot] = key;
  }
  return slots;
};

const indexOf = (dayMs: number, measures: readonly Measure[], columns: Columns): DayIndex => {
  const { keyBytes, stateBytes, keyEnds, hashes, rowEnds, panes, stateStarts } = columns;
  const slots = tableOf(hashes);
  const mask = slots.length - 1;
  const startOf = (ends: Uint32Array, at: number): number => (at === 0 ? 0 : (ends[at - 1] as number));
  const keyAt = (key: number): GroupKey =>
    keyBytes.toString("latin1", startOf(keyEnds, key), keyEnds[key]) as GroupKey;
  const find = (key: GroupKey): number => {
    const hash = hashOf(key);
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = slots[slot] as number;
      if (at === EMPTY || (hashes[at] === hash && keyAt(at) === key)) return at;
    }
  };
  const bytes = [keyBytes, stateBytes, keyEnds, hashes, rowEnds, panes, stateStarts, slots].reduce(
    (sum, { byteLength }) => sum + byteLength,
    0,
  );
  return {
    keyCount: hashes.length,
    bytes,
    rowsOf(key, { fromMs, toExclusiveMs }, take) {
      const at = find(key);
      if (at === EMPTY) return;
      const end = rowEnds[at] as number;
      let row = search(panes, Math.max(0, fromMs - dayMs), startOf(rowEnds, at), end);
      if (row === end) return;
      const reader = createByteReader(stateBytes, stateStarts[row]);
      for (; row < end && (panes[row] as number) < toExclusiveMs - dayMs; row++) {
        take(
          (dayMs + (panes[row] as number)) as EpochMs,
          measures.map((measure) => measure.decode(reader)),
        );
      }
    },
    *keysIn({ fromMs, toExclusiveMs }) {
      for (let key = 0; key < hashes.length; key++) {
        const end = rowEnds[key] as number;
        const row = search(panes, Math.max(0, fromMs - dayMs), startOf(rowEnds, key), end);
        if (row < end && (panes[row] as number) < toExclusiveMs - dayMs) yield keyAt(key);
        else if (key % KEYS_BETWEEN_LOOKS === 0) yield null;
      }
    },
  };
};
