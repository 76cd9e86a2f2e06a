import { RANK_BITS, RANK_MAX } from "../registers.js";
import { readPairs } from "./coupons.js";
import {
  ARRAY,
  BODY_AT,
  EXCEPTIONS_COUNT_AT,
  HLL_4,
  HLL_6,
  LG_K_MIN,
  malformed,
  type Preamble,
} from "./preamble.js";

const AT = BODY_AT[ARRAY];
/** Lg of the ints with which an updatable array of exceptions begins, by lgK from 4 on (HllUtil.LG_AUX_ARR_INTS). */
const LG_EXCEPTIONS = [2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 11, 12, 13];
/** A nibble that says: more than 14 above the least rank, see the exceptions. */
const EXCEPTION = 15;

const readHll8 = (view: DataView, k: number): Uint8Array => {
  if (view.byteLength !== AT + k) malformed(`${view.byteLength} bytes`);
  const registers = new Uint8Array(k);
  for (let slot = 0; slot < k; slot++) registers[slot] = view.getUint8(AT + slot);
  return registers;
};

/** Six bits a register from the lowest on, and a byte of zeros behind them. */
const readHll6 = (view: DataView, k: number): Uint8Array => {
  const bytes = (k * RANK_BITS) / 8;
  if (view.byteLength !== AT + bytes + 1) malformed(`${view.byteLength} bytes`);
  if (view.getUint8(AT + bytes) !== 0) malformed("registers past the last");
  const registers = new Uint8Array(k);
  for (let slot = 0; slot < k; slot++) {
    const bit = slot * RANK_BITS;
    registers[slot] = (view.getUint16(AT + (bit >>> 3), true) >>> (bit & 7)) & RANK_MAX;
  }
  return registers;
};

/** Four bits a register above the least rank, then coupons of the exceptions. */
const readHll4 = (view: DataView, k: number, preamble: Preamble): Uint8Array => {
  const registers = new Uint8Array(k);
  const exceptionsAt = AT + k / 2;
  if (view.byteLength < exceptionsAt) malformed(`${view.byteLength} bytes`);
  let exceptions = 0;
  for (let slot = 0; slot < k; slot++) {
    const nibble = (view.getUint8(AT + (slot >>> 1)) >>> (4 * (slot & 1))) & 0xf;
    registers[slot] = preamble.byte6 + nibble;
    if (nibble === EXCEPTION) exceptions++;
  }
  const found = new Set<number>();
  const least = preamble.byte6 + EXCEPTION;
  const count = view.getUint32(EXCEPTIONS_COUNT_AT, true);
  const lgLeast = LG_EXCEPTIONS[preamble.lgK - LG_K_MIN] as number;
  readPairs(view, preamble, { at: exceptionsAt, count, lgLeast }, (slot, rank) => {
    if (found.has(slot)) malformed(`exception ${slot} twice`);
    if (slot >= k || registers[slot] !== least || rank < least) malformed(`exception ${slot}, rank ${rank}`);
    found.add(slot);
    registers[slot] = rank;
  });
  if (count !== exceptions) malformed(`${count} exceptions, not ${exceptions}`);
  return registers;
};

const unpack = (view: DataView, preamble: Preamble): Uint8Array => {
  const k = 1 << preamble.lgK;
  if (preamble.type === HLL_4) return readHll4(view, k, preamble);
  if (view.getUint32(EXCEPTIONS_COUNT_AT, true) !== 0) malformed("exceptions where there are none");
  return preamble.type === HLL_6 ? readHll6(view, k) : readHll8(view, k);
};

/** The registers of an array of any type. */
export const readArray = (view: DataView, preamble: Preamble): Uint8Array => {
  const registers = unpack(view, preamble);
  for (const rank of registers) {
    if (rank > RANK_MAX || rank < preamble.byte6) malformed(`rank ${rank}, least ${preamble.byte6}`);
  }
  return registers;
};
