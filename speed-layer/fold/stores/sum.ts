import { CHUNK_BITS, CHUNK_MASK } from "../chunks.js";
import { putBigint, putZigzag, reserve, ZIGZAG_BYTES_MAX } from "../output.js";
import { columnMismatch, soleOutput, STATE_VERSION, type StoreForm } from "./store.js";

/*
 * A sum is `low + high * 2^53`, where low is a safe integer: both stay exact, since a safe integer less 2^53 is one too
 * or -2^53, from which the way back is exact. Nearly all sums have no high part: a row holds the low one alone.
 */
const CARRY = 2 ** 53;

export const sumForm: StoreForm = {
  words: 2,
  isDouble: true,
  create({ doubles }, before) {
    /** By row. */
    const highs = new Map<number, number>();

    const carry = (row: number, low: number, value: number): number => {
      const step = value > 0 ? 1 : -1;
      highs.set(row, (highs.get(row) ?? 0) + step);
      return low - step * CARRY + value;
    };

    return {
      add([column], events, rows, count) {
        if (column?.kind !== "integers") return columnMismatch("sum", column);
        const { present, values } = column;
        for (let at = 0; at < count; at++) {
          const event = events[at] as number;
          if (present[event] !== 1) continue;
          const row = rows[at] as number;
          const chunk = doubles[row >>> CHUNK_BITS] as Float64Array;
          const double = ((row & CHUNK_MASK) - before) >>> 1;
          const low = chunk[double] as number;
          const value = values[event] as number;
          const sum = low + value;
          chunk[double] = sum > -CARRY && sum < CARRY ? sum : carry(row, low, value);
        }
      },
      encode(rows, from, toExclusive, outs) {
        const out = soleOutput(outs);
        reserve(out, (toExclusive - from) * (1 + ZIGZAG_BYTES_MAX));
        const { bytes } = out;
        let { at } = out;
        for (let index = from; index < toExclusive; index++) {
          const row = rows[index] as number;
          const chunk = doubles[row >>> CHUNK_BITS] as Float64Array;
          const low = chunk[((row & CHUNK_MASK) - before) >>> 1] as number;
          const high = highs.size === 0 ? 0 : (highs.get(row) ?? 0);
          bytes[at++] = STATE_VERSION;
          at =
            high === 0
              ? putZigzag(bytes, at, low)
              : putBigint(bytes, at, BigInt(high) * BigInt(CARRY) + BigInt(low));
        }
        out.at = at;
        return toExclusive;
      },
    };
  },
};
