import { createByteWriter, type Measure, type MeasureInput } from "@freshet/model";
import type { MeasureColumn } from "../../columns/columns.js";
import { CHUNK_BITS, CHUNK_MASK } from "../chunks.js";
import { reserve } from "../output.js";
import { columnMismatch, SLICE_BYTES_MAX, soleOutput, type StoreForm } from "./store.js";

const inputAt = (column: MeasureColumn | undefined, index: number): MeasureInput | undefined => {
  switch (column?.kind) {
    case "values":
      return column.values[index];
    case "integers":
      return column.present[index] === 1 ? column.values[index] : undefined;
    case "count":
      return column.present[index] === 1 ? null : undefined;
    case "coupons":
    case "bins":
    case undefined:
      return columnMismatch("a measure by its own states", column);
  }
};

/** Any measure, by its own states: a row holds the state's place among all; 0: none yet. */
export const genericForm = (measure: Measure): StoreForm => ({
  words: 1,
  isDouble: false,
  create({ chunks }, before) {
    const states: unknown[] = [measure.zero()];
    return {
      add([column], events, rows, count) {
        for (let at = 0; at < count; at++) {
          const input = inputAt(column, events[at] as number);
          if (input === undefined) continue;
          const row = rows[at] as number;
          const chunk = chunks[row >>> CHUNK_BITS] as Int32Array;
          const word = (row & CHUNK_MASK) - before;
          if (chunk[word] === 0) chunk[word] = states.push(measure.zero()) - 1;
          const place = chunk[word] as number;
          states[place] = measure.add(states[place], input);
        }
      },
      encode(rows, from, toExclusive, outs) {
        const out = soleOutput(outs);
        const writer = createByteWriter();
        let index = from;
        while (index < toExclusive && writer.length < SLICE_BYTES_MAX) {
          const row = rows[index++] as number;
          const chunk = chunks[row >>> CHUNK_BITS] as Int32Array;
          measure.encode(states[chunk[(row & CHUNK_MASK) - before] as number], writer);
        }
        reserve(out, writer.length);
        out.bytes.set(writer.finish(), out.at);
        out.at += writer.length;
        return index;
      },
    };
  },
});
