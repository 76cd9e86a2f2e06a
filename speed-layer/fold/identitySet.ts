import type { Tick } from "@freshet/model";

/*
 * Open addressing over five parallel columns: 128 bits of fingerprint, then the tick at which it was last seen.
 * A slot with NEVER is empty. Slots older than the horizon are dead: they are passed over until the table is
 * rebuilt, which drops them. Nothing is ever dropped for memory.
 */
const WORDS = 4;
const NEVER = -(2 ** 52);
const SLOTS_MIN = 1024;
/** Rebuild when more than this share of the slots is taken. */
const LOAD_MAX = 0.5;

/** The identities seen in a shard and its ancestors, each with the last tick at which it was seen. */
export interface IdentitySet {
  /**
   * Notes an accepted or duplicate occurrence whose four words lie at `index` of `words`.
   * True: the same identity was seen at most `horizonTicks` before `at`.
   */
  see(words: Uint32Array, index: number, at: Tick): boolean;
  readonly slots: number;
}

export const createIdentitySet = (horizonTicks: number): IdentitySet => {
  let slots = SLOTS_MIN;
  let mask = slots - 1;
  let keys = new Uint32Array(slots * WORDS);
  let ticks = new Float64Array(slots).fill(NEVER);
  let taken = 0;

  /** The slot of an identity, or the empty one where it belongs. */
  const slotOf = (words: Uint32Array, from: number): number => {
    const a = words[from];
    const b = words[from + 1];
    const c = words[from + 2];
    const d = words[from + 3];
    for (let slot = (a as number) & mask; ; slot = (slot + 1) & mask) {
      if (ticks[slot] === NEVER) return slot;
      const at = slot * WORDS;
      if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === d) return slot;
    }
  };

  const occupy = (slot: number, words: Uint32Array, from: number, at: number): void => {
    const to = slot * WORDS;
    for (let word = 0; word < WORDS; word++) keys[to + word] = words[from + word] as number;
    ticks[slot] = at;
  };

  const rebuild = (now: Tick): void => {
    const oldKeys = keys;
    const oldTicks = ticks;
    taken = 0;
    for (const seen of oldTicks) if (seen !== NEVER && now - seen <= horizonTicks) taken++;
    slots = SLOTS_MIN;
    while (slots * LOAD_MAX < taken * 2) slots *= 2;
    mask = slots - 1;
    keys = new Uint32Array(slots * WORDS);
    ticks = new Float64Array(slots).fill(NEVER);
    for (let old = 0; old < oldTicks.length; old++) {
      const seen = oldTicks[old] as number;
      if (seen === NEVER || now - seen > horizonTicks) continue;
      occupy(slotOf(oldKeys, old * WORDS), oldKeys, old * WORDS, seen);
    }
  };

  return {
    see(words, index, at) {
      const from = index * WORDS;
      let slot = slotOf(words, from);
      const seen = ticks[slot] as number;
      if (seen === NEVER) {
        if (taken + 1 > slots * LOAD_MAX) {
          rebuild(at);
          slot = slotOf(words, from);
        }
        taken++;
        occupy(slot, words, from, at);
        return false;
      }
      if (at > seen) ticks[slot] = at;
      return at - seen <= horizonTicks;
    },
    get slots() {
      return slots;
    },
  };
};
