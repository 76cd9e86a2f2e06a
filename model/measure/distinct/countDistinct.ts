import { COUPON_SLOT_BITS, couponOf, NO_COUPON } from "../hash/coupon.js";
import { corrupt } from "../corrupt.js";
import type { Measure, MeasureSpec } from "../measure.js";
import { createEstimateBound, estimateDistinct } from "./estimate.js";
import {
  isDense,
  LISTS_AT_ONCE,
  mergeRegisters,
  RANK_BITS,
  RANK_MAX,
  raise,
  rankHistogram,
  rankHistogramOfAll,
  type Registers,
  registersOf,
} from "./registers.js";
import { decodeRegisters, encodeRegisters, skipRegisters } from "./registersCodec.js";

const STANDARD_ERRORS = 2;
const CONFIDENCE = 0.95;
/** Standard error of merged HyperLogLog times sqrt(k). */
const ERROR_CONSTANT = 1.04;
/** With few registers the estimate leans up, by about 1.2 / k (measured at lgK 4 and 5): twice that keeps the confidence. */
const BIAS_CONSTANT = 2;

/** A bound's table takes 8 bytes a register. */
const BOUND_LG_K_MAX = 14;

/** Used again by every estimate: an array of this size lies outside the heap, and costs more than what it is for. */
const HISTOGRAM = new Uint32Array(RANK_MAX + 1);

const slotMask = (lgK: number): number => (1 << lgK) - 1;

/** `rank << 26 | slot` of every register, ascending by slot. */
const fromCoupons = (column: unknown, lgK: number): Registers => {
  if (column === null || column === undefined) return [];
  if (!Array.isArray(column)) return corrupt("countDistinct", "column is not a list");
  let before = -1;
  const entries = column.map((coupon: unknown) => {
    const rank = Number(coupon) >>> COUPON_SLOT_BITS;
    const slot = Number(coupon) % (1 << COUPON_SLOT_BITS);
    if (!(slot > before && slot <= slotMask(lgK)) || rank === 0)
      corrupt("countDistinct", `register ${String(coupon)}`);
    before = slot;
    return (slot << RANK_BITS) | (rank & RANK_MAX);
  });
  return registersOf(entries, lgK);
};

const mergeSparse = (states: readonly Registers[], lgK: number): Registers =>
  states.reduce((merged, state) => mergeRegisters(merged, state, lgK), []);

const areSparse = (states: readonly Registers[]): states is readonly number[][] => {
  for (let index = 0; index < states.length; index++) if (isDense(states[index] as Registers)) return false;
  return true;
};

/** Distinct values by DataSketches' HLL_8, lgK from 4 to 21: the same registers as Spark's `hll_sketch_agg`. */
export const createCountDistinct = (
  spec: Extract<MeasureSpec, { kind: "countDistinct" }>,
): Measure<Registers> => {
  const { lgK } = spec;
  const mask = slotMask(lgK);
  let scratch: Uint8Array | null = null;
  let boundOf: ReturnType<typeof createEstimateBound> | null = null;
  const rankBound = (before: number, added: Registers): number => {
    if (isDense(added)) return Number.POSITIVE_INFINITY;
    boundOf ??= createEstimateBound(1 << lgK);
    return added.length === 0 ? before : boundOf(before, added.length);
  };
  const estimate = (registers: Registers): number =>
    estimateDistinct(rankHistogram(registers, lgK, HISTOGRAM));
  const together = (states: readonly Registers[]): Registers => {
    const dense = states.find(isDense);
    if (!dense) return mergeSparse(states, lgK);
    scratch ??= new Uint8Array(1 << lgK);
    scratch.set(dense);
    for (const state of states) if (state !== dense) mergeRegisters(scratch, state, lgK);
    return scratch;
  };
  return {
    spec,
    zero: () => [],
    add(registers, input) {
      if (input === null) return registers;
      const coupon = couponOf(input);
      return coupon === NO_COUPON
        ? registers
        : raise(registers, coupon & mask, coupon >>> COUPON_SLOT_BITS, lgK);
    },
    merge: (into, from) => mergeRegisters(into, from, lgK),
    together,
    rankTogether: (states) =>
      states.length <= LISTS_AT_ONCE && areSparse(states)
        ? estimateDistinct(rankHistogramOfAll(states, lgK, HISTOGRAM))
        : estimate(together(states)),
    present: (registers) => Math.round(estimate(registers)),
    rank: estimate,
    ...(lgK <= BOUND_LG_K_MAX ? { rankBound } : {}),
    encode: (registers, out) => encodeRegisters(registers, lgK, out),
    decode: (from) => decodeRegisters(from, lgK),
    skip: skipRegisters,
    fromColumn: (column) => fromCoupons(column, lgK),
    errorBound: {
      kind: "relative",
      bound: (STANDARD_ERRORS * ERROR_CONSTANT) / Math.sqrt(1 << lgK) + BIAS_CONSTANT / (1 << lgK),
      confidence: CONFIDENCE,
    },
  };
};
