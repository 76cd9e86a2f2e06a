import { createPages, PAGE_BITS, PAGE_MASK } from "../pages.js";
import { putBigint, putZigzag, reserve, ZIGZAG_BYTES_MAX } from "../output.js";
import { columnMismatch, STATE_VERSION, type Store } from "./store.js";

/*
 * A sum is `low + high * 2^53`, where low is a safe integer: both stay exact, since a safe integer less 2^53 is one too
 * or -2^53, from which the way back is exact. Nearly all sums have no high part.
 */
const CARRY = 2 ** 53;

export const createSumStore = (): Store => {
  const { pages, grow } = createPages(1, (length) => new Float64Array(length));
  const highs = new Map<number, number>();

  const carry = (group: number, low: number, value: number): number => {
    const step = value > 0 ? 1 : -1;
    highs.set(group, (highs.get(group) ?? 0) + step);
    return low - step * CARRY + value;
  };

  return {
    grow,
    add(column, rows, groups, count) {
      if (column.kind !== "integers") return columnMismatch("sum", column);
      const { present, values } = column;
      for (let row = 0; row < count; row++) {
        const index = rows[row] as number;
        if (present[index] !== 1) continue;
        const group = groups[row] as number;
        const page = pages[group >>> PAGE_BITS] as Float64Array;
        const low = page[group & PAGE_MASK] as number;
        const value = values[index] as number;
        const sum = low + value;
        page[group & PAGE_MASK] = sum > -CARRY && sum < CARRY ? sum : carry(group, low, value);
      }
    },
    encode(groups, from, toExclusive, out) {
      reserve(out, (toExclusive - from) * (1 + ZIGZAG_BYTES_MAX));
      const { bytes } = out;
      let { at } = out;
      for (let index = from; index < toExclusive; index++) {
        const group = groups[index] as number;
        const low = (pages[group >>> PAGE_BITS] as Float64Array)[group & PAGE_MASK] as number;
        const high = highs.size === 0 ? 0 : (highs.get(group) ?? 0);
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
};
