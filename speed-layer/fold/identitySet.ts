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

  const slotOf = (words: Uint32Array, from: number): number => {
    const a = words[from] as number;
    const b = words[from + 1] as number;
    const c = words[from + 2] as number;
    const d = words[from + 3] as number;
    for (let slot = a & mask; ; slot = (slot + 1) & mask) {
      if (ticks[slot] === NEVER) return slot;
      const at = slot * WORDS;
      if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === d) return slot;
    }
  };

  const rebuild = (now: Tick): void => {
    const oldKeys = keys;
    const oldTicks = ticks;
    let alive = 0;
    for (const seen of oldTicks) if (seen !== NEVER && now - seen <= horizonTicks) alive++;
    slots = SLOTS_MIN;
    while (slots * LOAD_MAX < alive * 2) slots *= 2;
    mask = slots - 1;
    keys = new Uint32Array(slots * WORDS);
    ticks = new Float64Array(slots).fill(NEVER);
    taken = alive;
    for (let old = 0; old < oldTicks.length; old++) {
      const seen = oldTicks[old] as number;
      if (seen === NEVER || now - seen > horizonTicks) continue;
      const slot = slotOf(oldKeys, old * WORDS);
      keys.set(oldKeys.subarray(old * WORDS, old * WORDS + WORDS), slot * WORDS);
      ticks[slot] = seen;
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
        keys.set(words.subarray(from, from + WORDS), slot * WORDS);
        ticks[slot] = at;
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
