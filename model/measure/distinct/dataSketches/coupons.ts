import { COUPON_SLOT_BITS } from "../../hash/coupon.js";
import { BODY_AT, LG_LIST, malformed, type Preamble, SET, SET_COUNT_AT } from "./preamble.js";

const COUPON_BYTES = 4;
/** The least set, as lg of its ints. */
const LG_SET = 5;

/** Lg of the ints of an updatable array, three quarters full at most, where an early version did not write it. */
const lgArrayOf = (count: number, least: number): number =>
  Math.max(least, Math.ceil(Math.log2((Math.max(count, 1) * 4) / 3)));

export interface Pairs {
  readonly at: number;
  readonly count: number;
  /** Lg of the ints with which such an array begins. */
  readonly lgLeast: number;
}

/** Calls `take` with each coupon of the array at the sketch's end. */
export const readPairs = (
  view: DataView,
  { compact, lgArray }: Preamble,
  { at, count, lgLeast }: Pairs,
  take: (slot: number, rank: number) => void,
): void => {
  const ints = compact ? count : 2 ** (lgArray === 0 ? lgArrayOf(count, lgLeast) : lgArray);
  if (view.byteLength !== at + ints * COUPON_BYTES) malformed(`${view.byteLength} bytes for ${ints} coupons`);
  const seen = new Set<number>();
  for (let index = 0; index < ints; index++) {
    const coupon = view.getUint32(at + index * COUPON_BYTES, true);
    if (coupon === 0 && !compact) continue;
    const rank = coupon >>> COUPON_SLOT_BITS;
    if (rank === 0) malformed(`coupon ${coupon}`);
    if (seen.has(coupon)) malformed(`coupon ${coupon} twice`);
    seen.add(coupon);
    take(coupon & ((1 << COUPON_SLOT_BITS) - 1), rank);
  }
  if (seen.size !== count) malformed(`${seen.size} coupons, not ${count}`);
};

/** The registers of a list or a set: the greatest rank of each slot, which is the low bits of a coupon's. */
export const readCoupons = (view: DataView, preamble: Preamble): Uint8Array => {
  const { mode, lgK, byte6 } = preamble;
  const registers = new Uint8Array(1 << lgK);
  const pairs: Pairs =
    mode === SET
      ? { at: BODY_AT[mode], count: view.getUint32(SET_COUNT_AT, true), lgLeast: LG_SET }
      : { at: BODY_AT[mode], count: byte6, lgLeast: LG_LIST };
  readPairs(view, preamble, pairs, (couponSlot, rank) => {
    const slot = couponSlot & (registers.length - 1);
    registers[slot] = Math.max(registers[slot] as number, rank);
  });
  return registers;
};
