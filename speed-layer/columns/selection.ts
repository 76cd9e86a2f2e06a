import { type EventColumns, type Selection, TRUE } from "@freshet/model";
import type { Evaluation, Run } from "./evaluation.js";
import { roomFor } from "./room.js";

/** A selection that can also be asked event by event. */
export interface FlaggedSelection extends Selection {
  /** 1: selected. */
  readonly flags: Uint8Array;
}

interface Rows extends FlaggedSelection {
  count: number;
}

const emptyRows = (events: number): Rows => ({
  rows: new Int32Array(events),
  count: 0,
  flags: new Uint8Array(events),
});

/** The readable events of each type. */
export const createTypeSelections = (
  types: number,
): ((events: EventColumns) => readonly FlaggedSelection[]) => {
  const emptySelections = (events: number): readonly Rows[] =>
    Array.from({ length: types }, () => emptyRows(events));
  let room = 0;
  let selections = emptySelections(room);
  return ({ count, reasons, types: typeOf }) => {
    if (room < count) {
      room = roomFor(count);
      selections = emptySelections(room);
    }
    for (const selection of selections) {
      selection.count = 0;
      selection.flags.fill(0, 0, count);
    }
    for (let index = 0; index < count; index++) {
      if (reasons[index] !== 0) continue;
      const selection = selections[typeOf[index] as number] as Rows;
      selection.rows[selection.count++] = index;
      selection.flags[index] = 1;
    }
    return selections;
  };
};

/** Those of the selected events for which a condition is true. */
export const createFilter = (condition: Evaluation): ((run: Run, among: Selection) => FlaggedSelection) => {
  let filtered = emptyRows(0);
  return (run, among) => {
    const events = run.events.count;
    if (filtered.flags.length < events) filtered = emptyRows(roomFor(events));
    const { rows, flags } = filtered;
    const { kinds } = condition(run, among);
    flags.fill(0, 0, events);
    let kept = 0;
    for (let at = 0; at < among.count; at++) {
      const index = among.rows[at] as number;
      const is = kinds[index] === TRUE ? 1 : 0;
      rows[kept] = index;
      flags[index] = is;
      kept += is;
    }
    filtered.count = kept;
    return filtered;
  };
};
