import { createByteWriter, type Measure, type MeasureInput } from "@freshet/model";
import type { MeasureColumn } from "../../columns/columns.js";
import { reserve } from "../output.js";
import { columnMismatch, SLICE_BYTES_MAX, type Store } from "./store.js";

const inputAt = (column: MeasureColumn, index: number): MeasureInput | undefined => {
  switch (column.kind) {
    case "values":
      return column.values[index];
    case "integers":
      return column.present[index] === 1 ? column.values[index] : undefined;
    case "count":
      return column.present[index] === 1 ? null : undefined;
    case "coupons":
    case "bins":
      return columnMismatch("a measure by its own states", column);
  }
};

/** Any measure, by its own states: an object or a number a group. */
export const createGenericStore = (measure: Measure): Store => {
  const states: unknown[] = [];
  return {
    grow(groups) {
      while (states.length < groups) states.push(measure.zero());
    },
    add(column, rows, groups, count) {
      for (let row = 0; row < count; row++) {
        const input = inputAt(column, rows[row] as number);
        const group = groups[row] as number;
        if (input !== undefined) states[group] = measure.add(states[group], input);
      }
    },
    encode(groups, from, toExclusive, out) {
      const writer = createByteWriter();
      let index = from;
      while (index < toExclusive && writer.length < SLICE_BYTES_MAX)
        measure.encode(states[groups[index++] as number], writer);
      reserve(out, writer.length);
      out.bytes.set(writer.finish(), out.at);
      out.at += writer.length;
      return index;
    },
  };
};
