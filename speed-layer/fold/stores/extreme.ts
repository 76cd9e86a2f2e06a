import { CHUNK_BITS, CHUNK_MASK } from "../chunks.js";
import { putZigzag, reserve, ZIGZAG_BYTES_MAX } from "../output.js";
import { columnMismatch, soleOutput, STATE_VERSION, type StoreForm } from "./store.js";

const NONE = 0;
const SOME = 1;

/* In a row, 0 is none yet: values from 0 on are held one greater, which is exact and keeps their order. */
const toHeld = (value: number): number => (value < 0 ? value : value + 1);
const fromHeld = (held: number): number => (held < 0 ? held : held - 1);

const createForm = (kind: "min" | "max"): StoreForm => ({
  words: 2,
  isDouble: true,
  create: ({ doubles }, before) => ({
    add([column], events, rows, count) {
      if (column?.kind !== "integers") return columnMismatch(kind, column);
      const { present, values } = column;
      for (let at = 0; at < count; at++) {
        const event = events[at] as number;
        if (present[event] !== 1) continue;
        const row = rows[at] as number;
        const chunk = doubles[row >>> CHUNK_BITS] as Float64Array;
        const double = ((row & CHUNK_MASK) - before) >>> 1;
        const standing = chunk[double] as number;
        const held = toHeld(values[event] as number);
        if (standing === 0 || (kind === "min" ? held < standing : held > standing)) chunk[double] = held;
      }
    },
    encode(rows, from, toExclusive, outs) {
      const out = soleOutput(outs);
      reserve(out, (toExclusive - from) * (2 + ZIGZAG_BYTES_MAX));
      const { bytes } = out;
      let { at } = out;
      for (let index = from; index < toExclusive; index++) {
        const row = rows[index] as number;
        const chunk = doubles[row >>> CHUNK_BITS] as Float64Array;
        const held = chunk[((row & CHUNK_MASK) - before) >>> 1] as number;
        bytes[at++] = STATE_VERSION;
        if (held === 0) bytes[at++] = NONE;
        else {
          bytes[at++] = SOME;
          at = putZigzag(bytes, at, fromHeld(held));
        }
      }
      out.at = at;
      return toExclusive;
    },
  }),
});

export const minForm = createForm("min");
export const maxForm = createForm("max");
