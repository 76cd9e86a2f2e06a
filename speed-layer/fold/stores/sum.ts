import type { MeasureColumn } from "../../columns/columns.js";
import { CHUNK_BITS, CHUNK_MASK, type Chunks } from "../chunks.js";
import { type Output, putBigint, putZigzag, reserve, ZIGZAG_BYTES_MAX } from "../output.js";
import { columnMismatch, soleOutput, STATE_VERSION, type Store, type StoreForm } from "./store.js";

/*
 * A sum is `low + high * 2^53`, where low is a safe integer: both stay exact, since a safe integer less 2^53 is one too
 * or -2^53, from which the way back is exact. Nearly all sums have no high part: a row holds the low one alone.
 */
const CARRY = 2 ** 53;

class SumStore implements Store {
  readonly #doubles: readonly Float64Array[];
  readonly #before: number;
  /** By row. */
  readonly #highs = new Map<number, number>();

  constructor({ doubles }: Chunks, before: number) {
    this.#doubles = doubles;
    this.#before = before;
  }

  add([column]: readonly MeasureColumn[], events: Int32Array, rows: Int32Array, count: number): void {
    if (column?.kind !== "integers") return columnMismatch("sum", column);
    const { present, values } = column;
    const doubles = this.#doubles;
    const before = this.#before;
    for (let at = 0; at < count; at++) {
      const event = events[at] as number;
      if (present[event] !== 1) continue;
      const row = rows[at] as number;
      const chunk = doubles[row >>> CHUNK_BITS] as Float64Array;
      const double = ((row & CHUNK_MASK) - before) >>> 1;
      const low = chunk[double] as number;
      const value = values[event] as number;
      const sum = low + value;
      chunk[double] = sum > -CARRY && sum < CARRY ? sum : this.#carry(row, low, value);
    }
  }

  #carry(row: number, low: number, value: number): number {
    const step = value > 0 ? 1 : -1;
    this.#highs.set(row, (this.#highs.get(row) ?? 0) + step);
    return low - step * CARRY + value;
  }

  encode(rows: Int32Array, from: number, toExclusive: number, outs: readonly Output[]): number {
    const out = soleOutput(outs);
    reserve(out, (toExclusive - from) * (1 + ZIGZAG_BYTES_MAX));
    const { bytes } = out;
    let { at } = out;
    const highs = this.#highs;
    for (let index = from; index < toExclusive; index++) {
      const row = rows[index] as number;
      const chunk = this.#doubles[row >>> CHUNK_BITS] as Float64Array;
      const low = chunk[((row & CHUNK_MASK) - this.#before) >>> 1] as number;
      const high = highs.size === 0 ? 0 : (highs.get(row) ?? 0);
      bytes[at++] = STATE_VERSION;
      at =
        high === 0
          ? putZigzag(bytes, at, low)
          : putBigint(bytes, at, BigInt(high) * BigInt(CARRY) + BigInt(low));
    }
    out.at = at;
    return toExclusive;
  }
}

export const sumForm: StoreForm = {
  words: 2,
  isDouble: true,
  create: (rows, before) => new SumStore(rows, before),
};
