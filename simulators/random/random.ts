/** A seeded stream of numbers (xoshiro128**): the same seed gives the same stream everywhere. Not for secrets. */
export interface Random {
  /** 0 <= x < 1, in steps of 2^-32. */
  unit(): number;
  /** 0 <= n < endExclusive; endExclusive at most 2^32. */
  integer(endExclusive: number): number;
  chance(probability: number): boolean;
  /** @throws RangeError when the list is empty. */
  pick<T>(list: readonly T[]): T;
  /** How many events of a Poisson process with this mean fall into one interval. */
  poisson(mean: number): number;
  /** Standard normal. */
  normal(): number;
}

/** Above this mean the normal distribution stands for Poisson's; its error is far below what a workload shows. */
const POISSON_EXACT_MEAN_MAX = 30;

/** Parts (numbers or text) that differ give streams that have nothing to do with each other. */
export const createRandom = (...seed: readonly (number | string)[]): Random => {
  let [a, b, c, d] = scramble(seed);
  const bits = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
  const random: Random = {
    unit: () => bits() / 2 ** 32,
    integer: (endExclusive) => Math.floor((bits() / 2 ** 32) * endExclusive),
    chance: (probability) => random.unit() < probability,
    pick: (list) => {
      if (list.length === 0) throw new RangeError("nothing to pick from");
      return list[random.integer(list.length)] as (typeof list)[number];
    },
    poisson: (mean) => {
      if (mean > POISSON_EXACT_MEAN_MAX) {
        return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
      }
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = random.unit(); product > limit; product *= random.unit()) count++;
      return count;
    },
    normal: () => Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit()),
  };
  return random;
};

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

/** FNV-1a over the parts, spread to 128 bits by splitmix32. */
const scramble = (parts: readonly (number | string)[]): [number, number, number, number] => {
  let hash = 0x811c9dc5;
  for (const character of JSON.stringify(parts)) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  }
  const next = (): number => {
    hash = (hash + 0x9e3779b9) | 0;
    let mixed = hash ^ (hash >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  return [next(), next(), next(), next() | 1];
};
