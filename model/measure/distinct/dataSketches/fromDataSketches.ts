import { type Registers, registersOfDense } from "../registers.js";
import { readCoupons } from "./coupons.js";
import { readArray } from "./packedRegisters.js";
import { ARRAY, malformed, readPreamble } from "./preamble.js";

/**
 * The registers of an HLL sketch of DataSketches, such as Spark's `hll_sketch_agg` and `hll_union_agg` make: list, set
 * or array, HLL_4, HLL_6 or HLL_8, updatable or compact. They merge with a `countDistinct` of the same lgK.
 * @throws RangeError for bytes that are no such sketch, whole.
 */
export const fromDataSketches = (
  sketch: Uint8Array,
): { readonly lgK: number; readonly registers: Registers } => {
  const view = new DataView(sketch.buffer, sketch.byteOffset, sketch.byteLength);
  const preamble = readPreamble(view);
  const dense = preamble.mode === ARRAY ? readArray(view, preamble) : readCoupons(view, preamble);
  const registers = registersOfDense(dense, preamble.lgK);
  if (preamble.empty && registers.length > 0) malformed("empty, but with registers");
  return { lgK: preamble.lgK, registers };
};
