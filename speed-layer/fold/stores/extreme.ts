import { createPages, PAGE_BITS, PAGE_MASK } from "../pages.js";
import { putZigzag, reserve, ZIGZAG_BYTES_MAX } from "../output.js";
import { columnMismatch, STATE_VERSION, type Store } from "./store.js";

const NONE = 0;
const SOME = 1;

/** Least or greatest values; infinite: none yet. */
export const createExtremeStore = (kind: "min" | "max"): Store => {
  const none = kind === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  const isLess = kind === "min";
  const { pages, grow } = createPages(1, (length) => new Float64Array(length).fill(none));
  return {
    grow,
    add(column, rows, groups, count) {
      if (column.kind !== "integers") return columnMismatch(kind, column);
      const { present, values } = column;
      for (let row = 0; row < count; row++) {
        const index = rows[row] as number;
        if (present[index] !== 1) continue;
        const group = groups[row] as number;
        const page = pages[group >>> PAGE_BITS] as Float64Array;
        const standing = page[group & PAGE_MASK] as number;
        const value = values[index] as number;
        if (isLess ? value < standing : value > standing) page[group & PAGE_MASK] = value;
      }
    },
    encode(groups, from, toExclusive, out) {
      reserve(out, (toExclusive - from) * (2 + ZIGZAG_BYTES_MAX));
      const { bytes } = out;
      let { at } = out;
      for (let index = from; index < toExclusive; index++) {
        const group = groups[index] as number;
        const value = (pages[group >>> PAGE_BITS] as Float64Array)[group & PAGE_MASK] as number;
        bytes[at++] = STATE_VERSION;
        if (value === none) bytes[at++] = NONE;
        else {
          bytes[at++] = SOME;
          at = putZigzag(bytes, at, value);
        }
      }
      out.at = at;
      return toExclusive;
    },
  };
};
