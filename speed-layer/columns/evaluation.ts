import {
  compileColumn,
  type EventColumns,
  type EventSlices,
  type Expression,
  type FieldColumn,
  type LookupReader,
} from "@freshet/model";
import type { FieldReads } from "./fields.js";
import { roomFor } from "./room.js";

/** A run of events that is being turned into columns. */
export interface Run {
  readonly slices: EventSlices;
  readonly events: EventColumns;
  readonly lookup: LookupReader;
}

/** An expression's values for the events whose `selected` is 1. Valid until its next call. */
export type Evaluation = (run: Run, selected: Uint8Array) => FieldColumn;

const emptyColumn = (room: number): FieldColumn => ({
  kinds: new Uint8Array(room),
  starts: new Int32Array(room),
  ends: new Int32Array(room),
  numbers: new Float64Array(room),
});

/** A plain field is its own column; what is computed gets one. */
export const evaluationOf = (expression: Expression, event: string, reads: FieldReads): Evaluation => {
  if (expression.kind === "field" && expression.scale === undefined) {
    const field = reads.field(event, expression.path);
    return ({ events }) => field(events);
  }
  const compiled = compileColumn(expression);
  const fields = compiled.reads.map((path) => reads.field(event, path));
  let out = emptyColumn(0);
  return ({ slices, events, lookup }, selected) => {
    const { count } = events;
    if (out.kinds.length < count) out = emptyColumn(roomFor(count));
    compiled.run(slices, { count, selected, fields: fields.map((field) => field(events)) }, lookup, out);
    return out;
  };
};
