import { isDense, rankHistogram, type Registers, toDense } from "../registers.js";
import {
  ARRAY,
  BODY_AT,
  EMPTY,
  FAMILY,
  HIGH_RANK,
  HLL_8,
  LEAST_COUNT_AT,
  LG_LIST,
  LIST,
  type Mode,
  modeByte,
  OUT_OF_ORDER,
  PREAMBLE_INTS,
  SUM_HIGH_AT,
  SUM_LOW_AT,
  VERSION,
} from "./preamble.js";

interface Head {
  readonly mode: Mode;
  readonly lgK: number;
  readonly lgArray: number;
  readonly flags: number;
  readonly byte6: number;
}

const preambleOf = ({ mode, lgK, lgArray, flags, byte6 }: Head): readonly number[] => [
  PREAMBLE_INTS[mode],
  VERSION,
  FAMILY,
  lgK,
  lgArray,
  flags,
  byte6,
  modeByte(mode, HLL_8),
];

const emptyList = (lgK: number): Uint8Array => {
  const sketch = new Uint8Array(BODY_AT[LIST] + (Int32Array.BYTES_PER_ELEMENT << LG_LIST));
  sketch.set(preambleOf({ mode: LIST, lgK, lgArray: LG_LIST, flags: EMPTY, byte6: 0 }));
  return sketch;
};

/** Of 2^-rank over the registers of ranks from `from` to before `to`. Exact: no two of its terms are 2^53 apart. */
const sumOf = (histogram: Uint32Array, from: number, to: number): number => {
  let sum = 0;
  for (let rank = from; rank < to; rank++) sum += (histogram[rank] as number) * 2 ** -rank;
  return sum;
};

/**
 * An HLL_8 sketch of DataSketches with these registers, as a union of DataSketches writes it: Spark's
 * `hll_sketch_estimate` and `hll_union_agg` read it.
 *
 * It is an array even for a handful of values. Lists and sets hold whole coupons, of which a register keeps the low bits
 * of the slot alone: a union would count one value twice, by our coupon and by a whole one. Out of order, so that
 * DataSketches estimates from the registers.
 */
export const toDataSketches = (registers: Registers, lgK: number): Uint8Array => {
  const histogram = rankHistogram(registers, lgK);
  if (histogram[0] === 1 << lgK) return emptyList(lgK);
  const least = histogram.findIndex((count) => count > 0);
  const sketch = new Uint8Array(BODY_AT[ARRAY] + (1 << lgK));
  const view = new DataView(sketch.buffer);
  sketch.set(preambleOf({ mode: ARRAY, lgK, lgArray: 0, flags: OUT_OF_ORDER, byte6: least }));
  view.setFloat64(SUM_LOW_AT, sumOf(histogram, 0, HIGH_RANK), true);
  view.setFloat64(SUM_HIGH_AT, sumOf(histogram, HIGH_RANK, histogram.length), true);
  view.setInt32(LEAST_COUNT_AT, histogram[least] as number, true);
  sketch.set(isDense(registers) ? registers : toDense(registers, lgK), BODY_AT[ARRAY]);
  return sketch;
};
