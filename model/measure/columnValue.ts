import { isDense, RANK_BITS, RANK_MAX, type Registers, toEntries } from "./distinct/registers.js";
import { COUPON_SLOT_BITS } from "./hash/coupon.js";
import type { MeasureSpec } from "./measure.js";

/** A state as a generation's column has it: a number (null for none), or a list; bins as flat pairs of bin and count. */
export type ColumnValue = number | bigint | null | readonly number[];

/** A coupon has 32 bits, which JavaScript's shifts would take for a sign. */
const COUPON_SLOTS = 2 ** COUPON_SLOT_BITS;

const couponsOf = (registers: Registers): number[] =>
  (isDense(registers) ? toEntries(registers) : registers).map(
    (entry) => (entry & RANK_MAX) * COUPON_SLOTS + (entry >>> RANK_BITS),
  );

/** `fromColumn` the other way round. */
export const columnValue = ({ kind }: MeasureSpec, state: unknown): ColumnValue => {
  switch (kind) {
    case "count":
    case "sum":
    case "min":
    case "max":
      return state as number | bigint | null;
    case "countDistinct":
      return couponsOf(state as Registers);
    case "quantiles":
      return state as readonly number[];
  }
};
