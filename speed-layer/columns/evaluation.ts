import {
  compileColumn,
  type EventColumns,
  type EventSlices,
  type Expression,
  type FieldColumn,
  type LookupReader,
  type Selection,
} from "@freshet/model";
import type { FieldReads } from "./fields.js";
import { roomFor } from "./room.js";

/** A run of events that is being turned into columns. */
export interface Run {
  readonly slices: EventSlices;
  readonly events: EventColumns;
  readonly lookup: LookupReader;
}

/** An expression's values for the selected events. Valid until its next call. */
export type Evaluation = (run: Run, selection: Selection) => FieldColumn;

const emptyColumn = (events: number): FieldColumn => ({
  kinds: new Uint8Array(events),
  starts: new Int32Array(events),
  ends: new Int32Array(events),
  numbers: new Float64Array(events),
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
  return ({ slices, events, lookup }, selection) => {
    if (out.kinds.length < events.count) out = emptyColumn(roomFor(events.count));
    const columns = fields.map((field) => field(events));
    compiled.run(slices, columns, selection, lookup, out);
    return out;
  };
};
