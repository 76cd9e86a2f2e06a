import { type EventColumns, type FieldColumn, type FieldNeed, NUMBER, TEXT } from "@freshet/model";
import { roomFor } from "./room.js";

/** A field's column in a run of events. */
export type FieldOf = (events: EventColumns) => FieldColumn;

/** Collects the fields that are read, each once. */
export interface FieldReads {
  /** `["id"]` and `["time"]` are fields of every event. */
  field(event: string, path: readonly string[]): FieldOf;
  readonly needs: readonly FieldNeed[];
}

const NO_OFFSETS = new Int32Array(0);
const NO_NUMBERS = new Float64Array(0);

/** Kinds of a field that no event lacks. */
const createSameKinds = (kind: number): ((count: number) => Uint8Array) => {
  let kinds = new Uint8Array(0);
  return (count) => {
    if (kinds.length < count) kinds = new Uint8Array(roomFor(count)).fill(kind);
    return kinds;
  };
};

export const createFieldReads = (): FieldReads => {
  const needs: FieldNeed[] = [];
  const known = new Map<string, number>();
  const texts = createSameKinds(TEXT);
  const numbers = createSameKinds(NUMBER);

  const idOf: FieldOf = ({ count, idStarts, idEnds }) => ({
    kinds: texts(count),
    starts: idStarts,
    ends: idEnds,
    numbers: NO_NUMBERS,
  });
  const timeOf: FieldOf = ({ count, timesMs }) => ({
    kinds: numbers(count),
    starts: NO_OFFSETS,
    ends: NO_OFFSETS,
    numbers: timesMs,
  });

  return {
    needs,
    field(event, path) {
      if (path.length === 1 && path[0] === "id") return idOf;
      if (path.length === 1 && path[0] === "time") return timeOf;
      const name = JSON.stringify([event, ...path]);
      const index = known.get(name) ?? needs.push({ event, path }) - 1;
      known.set(name, index);
      return ({ fields }) => fields[index] as FieldColumn;
    },
  };
};
