import { corrupt, expectVersion } from "./corrupt.js";
import { fromIntegerColumn, integerInput } from "./integer.js";
import type { Measure } from "./measure.js";

/** Null: no value yet. */
export type Extreme = number | null;

const VERSION = 1;
const NONE = 0;
const SOME = 1;

const integerColumn = (kind: string, column: unknown): number => {
  const value = fromIntegerColumn(column);
  return typeof value === "number" ? value : corrupt(kind, `column ${value}`);
};

/** What `min` and `max` share. A group without a value ranks below all others. */
export const createExtreme = (
  kind: "min" | "max",
  pick: (a: number, b: number) => number,
): Measure<Extreme> => {
  const join = (a: Extreme, b: Extreme): Extreme => {
    if (a === null) return b;
    return b === null ? a : pick(a, b);
  };
  return {
    spec: { kind },
    zero: () => null,
    add: (state, input) => (input === null ? state : join(state, integerInput(kind, input))),
    merge: join,
    present: (state) => state,
    rank: (state) => state ?? Number.NEGATIVE_INFINITY,
    encode(state, out) {
      out.byte(VERSION);
      out.byte(state === null ? NONE : SOME);
      if (state !== null) out.zigzag(state);
    },
    decode(from) {
      expectVersion(from, VERSION, kind);
      const presence = from.byte();
      if (presence === NONE) return null;
      return presence === SOME ? from.zigzag() : corrupt(kind, `presence ${presence}`);
    },
    skip(from) {
      from.byte();
      if (from.byte() === SOME) from.integer();
    },
    fromColumn: (column) => (column === null ? null : integerColumn(kind, column)),
    errorBound: null,
  };
};
