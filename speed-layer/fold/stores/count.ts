import { CHUNK_BITS, CHUNK_MASK } from "../chunks.js";
import { putVarint, reserve, VARINT_BYTES_MAX } from "../output.js";
import { columnMismatch, soleOutput, STATE_VERSION, type StoreForm } from "./store.js";

/** A uint32: a segment has fewer events. */
export const countForm: StoreForm = {
  words: 1,
  isDouble: false,
  create: ({ chunks }, before) => ({
    add([column], events, rows, count) {
      if (column?.kind !== "count") return columnMismatch("count", column);
      const { present } = column;
      for (let at = 0; at < count; at++) {
        const row = rows[at] as number;
        const chunk = chunks[row >>> CHUNK_BITS] as Int32Array;
        const word = (row & CHUNK_MASK) - before;
        chunk[word] = (chunk[word] as number) + (present[events[at] as number] as number);
      }
    },
    encode(rows, from, toExclusive, outs) {
      const out = soleOutput(outs);
      reserve(out, (toExclusive - from) * (1 + VARINT_BYTES_MAX));
      const { bytes } = out;
      let { at } = out;
      for (let index = from; index < toExclusive; index++) {
        const row = rows[index] as number;
        const chunk = chunks[row >>> CHUNK_BITS] as Int32Array;
        bytes[at++] = STATE_VERSION;
        at = putVarint(bytes, at, (chunk[(row & CHUNK_MASK) - before] as number) >>> 0);
      }
      out.at = at;
      return toExclusive;
    },
  }),
};
