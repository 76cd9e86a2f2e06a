import { createPages, PAGE_BITS, PAGE_MASK } from "../pages.js";
import { putVarint, reserve, VARINT_BYTES_MAX } from "../output.js";
import { columnMismatch, STATE_VERSION, type Store } from "./store.js";

export const createCountStore = (): Store => {
  const { pages, grow } = createPages(1, (length) => new Float64Array(length));
  return {
    grow,
    add(column, rows, groups, count) {
      if (column.kind !== "count") return columnMismatch("count", column);
      const { present } = column;
      for (let row = 0; row < count; row++) {
        if (present[rows[row] as number] !== 1) continue;
        const group = groups[row] as number;
        const page = pages[group >>> PAGE_BITS] as Float64Array;
        page[group & PAGE_MASK] = (page[group & PAGE_MASK] as number) + 1;
      }
    },
    encode(groups, from, toExclusive, out) {
      reserve(out, (toExclusive - from) * (1 + VARINT_BYTES_MAX));
      const { bytes } = out;
      let { at } = out;
      for (let index = from; index < toExclusive; index++) {
        const group = groups[index] as number;
        const page = pages[group >>> PAGE_BITS] as Float64Array;
        bytes[at++] = STATE_VERSION;
        at = putVarint(bytes, at, page[group & PAGE_MASK] as number);
      }
      out.at = at;
      return toExclusive;
    },
  };
};
