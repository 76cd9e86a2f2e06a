import type { ByteReader, ByteWriter } from "../../bytes.js";
import { corrupt, expectVersion } from "../corrupt.js";
import {
  countRaised,
  isDense,
  RANK_BITS,
  RANK_MAX,
  type Registers,
  registersOf,
  toEntries,
} from "./registers.js";

/*
 * Version byte; lgK, plus 128 where dense. Sparse: varint number of entries, then for each the varint
 * `slots skipped since the one before << 6 | rank`. Dense: a byte for each slot.
 * Sparse is written up to a quarter of the slots, where it takes at most about as many bytes as dense.
 */
const VERSION = 1;
const DENSE = 0x80;
const MEASURE = "countDistinct";

const storedSparseMax = (lgK: number): number => (1 << lgK) >> 2;

export const encodeRegisters = (registers: Registers, lgK: number, out: ByteWriter): void => {
  out.byte(VERSION);
  if (isDense(registers) && countRaised(registers) > storedSparseMax(lgK)) {
    out.byte(lgK | DENSE);
    out.bytes(registers);
    return;
  }
  const entries = isDense(registers) ? toEntries(registers) : registers;
  out.byte(lgK);
  out.varint(entries.length);
  let next = 0;
  for (const entry of entries) {
    const slot = entry >>> RANK_BITS;
    out.varint(((slot - next) << RANK_BITS) | (entry & RANK_MAX));
    next = slot + 1;
  }
};

const decodeDense = (from: ByteReader, lgK: number): Registers => {
  const dense = new Uint8Array(from.bytes(1 << lgK));
  for (const rank of dense) if (rank > RANK_MAX) corrupt(MEASURE, `rank ${rank}`);
  if (countRaised(dense) <= storedSparseMax(lgK)) corrupt(MEASURE, "dense, but few registers are raised");
  return dense;
};

const decodeSparse = (from: ByteReader, lgK: number): Registers => {
  const count = from.varint();
  if (count > storedSparseMax(lgK)) corrupt(MEASURE, `${count} sparse registers of ${1 << lgK}`);
  if (count > from.remaining) corrupt(MEASURE, `${count} registers in ${from.remaining} bytes`);
  const entries = new Array<number>(count);
  let next = 0;
  for (let index = 0; index < count; index++) {
    const packed = from.varint();
    const slot = next + Math.floor(packed / (RANK_MAX + 1));
    const rank = packed % (RANK_MAX + 1);
    if (slot >= 1 << lgK || rank === 0) corrupt(MEASURE, `slot ${slot}, rank ${rank}`);
    entries[index] = (slot << RANK_BITS) | rank;
    next = slot + 1;
  }
  return registersOf(entries, lgK);
};

/** @throws RangeError for what `encodeRegisters` cannot have written with this lgK. */
export const decodeRegisters = (from: ByteReader, lgK: number): Registers => {
  expectVersion(from, VERSION, MEASURE);
  const form = from.byte();
  if ((form & ~DENSE) !== lgK) corrupt(MEASURE, `lgK ${form & ~DENSE}, not ${lgK}`);
  return (form & DENSE) !== 0 ? decodeDense(from, lgK) : decodeSparse(from, lgK);
};

export const skipRegisters = (from: ByteReader): void => {
  from.byte();
  const form = from.byte();
  if ((form & DENSE) !== 0) {
    from.bytes(1 << (form & ~DENSE));
    return;
  }
  const count = from.varint();
  if (count > from.remaining) corrupt(MEASURE, `${count} registers in ${from.remaining} bytes`);
  for (let index = 0; index < count; index++) from.varint();
};
