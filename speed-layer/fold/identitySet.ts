import type { Tick } from "@freshet/model";

/*
 * Parts by the low bits of the last word; an insertion rebuilds one part at most. A part is a list of records and an index.
 * A record is five words: 128 bits of fingerprint, then the tick at which it was last seen, less the part's base.
 * The index is open addressing from the first word on: a position in the list, and as many bits of the second word as are
 * left above it, so that an identity that is not there hardly ever asks for a record; 0: empty.
 * Records older than the horizon are dead: they are passed over until their part is rebuilt, which drops them.
 * Nothing is ever dropped for memory.
 */
const WORDS = 4;
const RECORD_WORDS = WORDS + 1;
const PARTS = 128;
const CHUNK_BITS = 9;
const CHUNK_RECORDS = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_RECORDS - 1;
const FIRST_RECORDS = 4;
/** At least and at most so much of an index is taken when its part is rebuilt, by part: not all are rebuilt at one time. */
const LOAD_MIN = 0.35;
const LOAD_MAX = 0.7;
/** Ticks lie less than this to either side of the one at which a part was rebuilt. */
const REACH_TICKS = 2 ** 30;

/** The identities seen in a shard and its ancestors, each with the last tick at which it was seen. */
export interface IdentitySet {
  /**
   * Notes an accepted or duplicate occurrence whose four words lie at `index` of `words`.
   * True: the same identity was seen at most `horizonTicks` before `at`.
   */
  see(words: Uint32Array, index: number, at: Tick): boolean;
  /**
   * Fetches what `see` will ask for, of the occurrences `from` to `toExclusive`: together they wait for memory once.
   * Changes nothing. Of use for some dozens at a time.
   */
  touch(words: Uint32Array, from: number, toExclusive: number): void;
  /** How many it has room for. */
  readonly slots: number;
}

/** Of ticks less a base. */
const isInReach = (ticks: number): boolean => ticks >= 1 && ticks < 2 * REACH_TICKS;

const loadMax = (part: number): number => LOAD_MIN * (LOAD_MAX / LOAD_MIN) ** (part / PARTS);

/** @throws RangeError for a horizon of 2^30 ticks or more. */
export const createIdentitySet = (horizonTicks: number): IdentitySet => {
  if (horizonTicks >= REACH_TICKS) throw new RangeError(`a horizon of ${horizonTicks} ticks: 2^30 or more`);
  const lists = Array.from({ length: PARTS }, (): Int32Array[] => []);
  const indexes = new Array<Int32Array>(PARTS).fill(new Int32Array(1));
  /** Which bits of an index's entry are the second word's. */
  const tagMasks = new Int32Array(PARTS);
  /** Records are at positions from 1 on. */
  const taken = new Int32Array(PARTS);
  const takenMax = new Int32Array(PARTS);
  const bases = new Float64Array(PARTS);
  /** None was seen before this tick but what a fill brought afterwards, which is dropped with the others. */
  const oldest = new Float64Array(PARTS).fill(Number.POSITIVE_INFINITY);
  /** Takes what `touch` reads, so that reading it is not left out. */
  const touched = new Int32Array(1);

  /** Makes room for a record at `position` of the part's list. */
  const lengthen = (list: Int32Array[], position: number): void => {
    const first = list[0];
    if (position >= CHUNK_RECORDS) list.push(new Int32Array(CHUNK_RECORDS * RECORD_WORDS));
    else {
      const grown = new Int32Array(first ? first.length * 2 : FIRST_RECORDS * RECORD_WORDS);
      if (first) grown.set(first);
      list[0] = grown;
    }
  };

  /** Moves the living to the front of the list, and their ticks to another base. Returns how many they are. */
  const compact = (part: number, now: number): number => {
    const list = lists[part] as Int32Array[];
    const base = now - REACH_TICKS;
    const moved = (bases[part] as number) - base;
    const count = taken[part] as number;
    let live = 0;
    let first = Number.POSITIVE_INFINITY;
    for (let position = 1; position <= count; position++) {
      const chunk = list[position >>> CHUNK_BITS] as Int32Array;
      const record = (position & CHUNK_MASK) * RECORD_WORDS;
      const seen = (chunk[record + WORDS] as number) + moved;
      if (REACH_TICKS - seen > horizonTicks) continue;
      if (seen >= 2 * REACH_TICKS) throw new RangeError(`tick ${now} lies 2^30 or more before another`);
      if (seen < first) first = seen;
      live++;
      const to = list[live >>> CHUNK_BITS] as Int32Array;
      const at = (live & CHUNK_MASK) * RECORD_WORDS;
      for (let word = 0; word < WORDS; word++) to[at + word] = chunk[record + word] as number;
      to[at + WORDS] = seen;
    }
    list.length = Math.min(list.length, (live >>> CHUNK_BITS) + 1);
    bases[part] = base;
    oldest[part] = base + first;
    return live;
  };

  const newIndex = (part: number, live: number): Int32Array => {
    let slots = 8;
    while (slots * loadMax(part) < live * 2) slots *= 2;
    return new Int32Array(slots);
  };

  /** Drops the dead, if there can be any, and makes room for more of the living. */
  const rebuild = (part: number, now: number): void => {
    const isDue = now - (oldest[part] as number) > horizonTicks || !isInReach(now - (bases[part] as number));
    const live = isDue ? compact(part, now) : (taken[part] as number);
    if (now < (oldest[part] as number)) oldest[part] = now;
    const index = newIndex(part, live);
    const list = lists[part] as Int32Array[];
    const mask = index.length - 1;
    const tagMask = -index.length;
    for (let first = 0; first <= live; first += CHUNK_RECORDS) {
      const chunk = list[first >>> CHUNK_BITS] as Int32Array;
      const toExclusive = Math.min(live + 1, first + CHUNK_RECORDS);
      for (
        let position = Math.max(first, 1), record = (position - first) * RECORD_WORDS;
        position < toExclusive;
        position++, record += RECORD_WORDS
      ) {
        let slot = (chunk[record] as number) & mask;
        while (index[slot] !== 0) slot = (slot + 1) & mask;
        index[slot] = ((chunk[record + 1] as number) & tagMask) | position;
      }
    }
    indexes[part] = index;
    tagMasks[part] = tagMask;
    taken[part] = live;
    takenMax[part] = Math.floor(index.length * loadMax(part));
  };

  return {
    see(words, index, at) {
      const from = index * WORDS;
      const a = (words[from] as number) | 0;
      const b = (words[from + 1] as number) | 0;
      const c = (words[from + 2] as number) | 0;
      const d = (words[from + 3] as number) | 0;
      const part = d & (PARTS - 1);
      let now = at - (bases[part] as number);
      if ((taken[part] as number) >= (takenMax[part] as number) || !isInReach(now)) {
        rebuild(part, at);
        now = at - (bases[part] as number);
      }
      const entries = indexes[part] as Int32Array;
      const tagMask = tagMasks[part] as number;
      const list = lists[part] as Int32Array[];
      const mask = entries.length - 1;
      const tag = b & tagMask;
      let slot = a & mask;
      for (let entry = entries[slot] as number; entry !== 0; entry = entries[slot] as number) {
        if ((entry & tagMask) === tag) {
          const position = entry & ~tagMask;
          const chunk = list[position >>> CHUNK_BITS] as Int32Array;
          const record = (position & CHUNK_MASK) * RECORD_WORDS;
          if (
            chunk[record] === a &&
            chunk[record + 1] === b &&
            chunk[record + 2] === c &&
            chunk[record + 3] === d
          ) {
            const seen = chunk[record + WORDS] as number;
            if (now > seen) chunk[record + WORDS] = now;
            return now - seen <= horizonTicks;
          }
        }
        slot = (slot + 1) & mask;
      }
      const position = (taken[part] as number) + 1;
      taken[part] = position;
      entries[slot] = tag | position;
      const record = (position & CHUNK_MASK) * RECORD_WORDS;
      const last = list[position >>> CHUNK_BITS];
      if (last === undefined || record >= last.length) lengthen(list, position);
      const chunk = list[position >>> CHUNK_BITS] as Int32Array;
      chunk[record] = a;
      chunk[record + 1] = b;
      chunk[record + 2] = c;
      chunk[record + 3] = d;
      chunk[record + WORDS] = now;
      return false;
    },
    touch(words, from, toExclusive) {
      let read = 0;
      for (let index = from; index < toExclusive; index++) {
        const entries = indexes[(words[index * WORDS + 3] as number) & (PARTS - 1)] as Int32Array;
        read ^= entries[(words[index * WORDS] as number) & (entries.length - 1)] as number;
      }
      touched[0] = read;
    },
    get slots() {
      return takenMax.reduce((sum, most) => sum + most, 0);
    },
  };
};
