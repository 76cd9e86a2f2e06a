/** Seeded random choices (mulberry32): the same seed gives the same world. */
export interface Dice {
  /** 0 <= n < endExclusive. */
  integer(endExclusive: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
}

export const createDice = (seed: number): Dice => {
  let state = (seed * 0x9e3779b1) >>> 0;
  const unit = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (endExclusive: number): number => Math.floor(unit() * endExclusive);
  return {
    integer,
    chance: (probability) => unit() < probability,
    pick<T>(list: readonly T[]): T {
      if (list.length === 0) throw new RangeError("nothing to pick from");
      return list[integer(list.length)] as T;
    },
  };
};
