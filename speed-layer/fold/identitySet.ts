import type { Tick } from "@freshet/model";

/*
 * Parts by the low bits of the last word, each an open-addressing table of its own: an insertion rebuilds one part at most.
 * A slot is five words, so that a probe touches one or two cache lines: 128 bits of fingerprint, then the tick at which
 * it was last seen, less the part's base; 0 there: empty. An identity's home is its first word's place among all words.
 * Slots older than the horizon are dead: they are passed over until their part is rebuilt, which drops them.
 * Nothing is ever dropped for memory.
 */
const WORDS = 4;
const SLOT_WORDS = WORDS + 1;
const PARTS = 512;
const SLOTS_MIN = 8;
/** A part is rebuilt when more than this share of its slots is taken; then so much of it is live. */
const LOAD_MAX = 0.7;
const LOAD_REBUILT = 0.4;
/** Ticks lie less than this to either side of the one at which a part was rebuilt. */
const REACH_TICKS = 2 ** 30;
const FIRST_WORDS = 2 ** 32;

/** The identities seen in a shard and its ancestors, each with the last tick at which it was seen. */
export interface IdentitySet {
  /**
   * Notes an accepted or duplicate occurrence whose four words lie at `index` of `words`.
   * True: the same identity was seen at most `horizonTicks` before `at`.
   */
  see(words: Uint32Array, index: number, at: Tick): boolean;
  readonly slots: number;
}

/** Sizes differ from part to part, and keep doing so as they grow: parts are not all rebuilt at one time. */
const leastSize = (part: number): number =>
  Math.ceil(SLOTS_MIN * (LOAD_MAX / LOAD_REBUILT) ** (part / PARTS));

const homeOf = (first: number, size: number): number => ((first * size) / FIRST_WORDS) | 0;

/** Index of an empty slot for an identity that is not in the table. */
const emptySlot = (table: Int32Array, home: number): number => {
  let slot = home * SLOT_WORDS;
  while (table[slot + WORDS] !== 0) {
    slot += SLOT_WORDS;
    if (slot === table.length) slot = 0;
  }
  return slot;
};

/** @throws RangeError for a horizon of 2^30 ticks or more. */
export const createIdentitySet = (horizonTicks: number): IdentitySet => {
  if (horizonTicks >= REACH_TICKS) throw new RangeError(`a horizon of ${horizonTicks} ticks: 2^30 or more`);
  const tables = new Array<Int32Array>(PARTS).fill(new Int32Array(0));
  const sizes = new Int32Array(PARTS);
  const taken = new Int32Array(PARTS);
  const takenMax = new Int32Array(PARTS);
  const bases = new Float64Array(PARTS);

  /** Drops the dead, makes room for more of the living, and moves the base. */
  const rebuild = (part: number, now: number): void => {
    const old = tables[part] as Int32Array;
    const base = now - REACH_TICKS;
    const moved = (bases[part] as number) - base;
    let live = 0;
    for (let slot = 0; slot < old.length; slot += SLOT_WORDS) {
      const seen = old[slot + WORDS] as number;
      if (seen === 0) continue;
      const since = seen + moved;
      if (since >= 2 * REACH_TICKS) throw new RangeError(`tick ${now} lies 2^30 or more before another`);
      old[slot + WORDS] = REACH_TICKS - since <= horizonTicks ? since : 0;
      if (old[slot + WORDS] !== 0) live++;
    }
    const size = Math.max(leastSize(part), Math.ceil(live / LOAD_REBUILT));
    const table = new Int32Array(size * SLOT_WORDS);
    for (let from = 0; from < old.length; from += SLOT_WORDS) {
      if (old[from + WORDS] === 0) continue;
      const slot = emptySlot(table, homeOf((old[from] as number) >>> 0, size));
      for (let word = 0; word < SLOT_WORDS; word++) table[slot + word] = old[from + word] as number;
    }
    tables[part] = table;
    sizes[part] = size;
    taken[part] = live;
    takenMax[part] = Math.floor(size * LOAD_MAX);
    bases[part] = base;
  };

  return {
    see(words, index, at) {
      const from = index * WORDS;
      const first = words[from] as number;
      const a = first | 0;
      const b = (words[from + 1] as number) | 0;
      const c = (words[from + 2] as number) | 0;
      const d = (words[from + 3] as number) | 0;
      const part = d & (PARTS - 1);
      let now = at - (bases[part] as number);
      if ((taken[part] as number) >= (takenMax[part] as number) || now >= 2 * REACH_TICKS || now < 1) {
        rebuild(part, at);
        now = REACH_TICKS;
      }
      const table = tables[part] as Int32Array;
      let slot = homeOf(first, sizes[part] as number) * SLOT_WORDS;
      for (let seen = table[slot + WORDS] as number; seen !== 0; seen = table[slot + WORDS] as number) {
        if (table[slot] === a && table[slot + 1] === b && table[slot + 2] === c && table[slot + 3] === d) {
          if (now > seen) table[slot + WORDS] = now;
          return now - seen <= horizonTicks;
        }
        slot += SLOT_WORDS;
        if (slot === table.length) slot = 0;
      }
      table[slot] = a;
      table[slot + 1] = b;
      table[slot + 2] = c;
      table[slot + 3] = d;
      table[slot + WORDS] = now;
      taken[part] = (taken[part] as number) + 1;
      return false;
    },
    get slots() {
      return sizes.reduce((sum, size) => sum + size, 0);
    },
  };
};
