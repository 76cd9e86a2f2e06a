import { encodeKey, type GroupKey } from "@freshet/model";

/** Numbers of [0, 1) that follow from a seed (mulberry32). */
export const unitsFrom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

export const ARTICLES = 400_000;
export const CLUSTERS = 20;

/** A rank from 1 to `ARTICLES`, by Zipf's law of exponent 1. */
export const zipf = (unit: number): number => Math.floor(Math.exp(unit * Math.log(ARTICLES + 1)));

export const articleOf = (rank: number): string => `article-${rank}`;
export const clusterOf = (rank: number): string => `cluster-${(rank * 7) % CLUSTERS}`;
export const keyOf = (rank: number): GroupKey => encodeKey([articleOf(rank), clusterOf(rank)]);
