import { corrupt, expectVersion } from "./corrupt.js";
import { fromIntegerColumn } from "./integer.js";
import type { Measure } from "./measure.js";

const VERSION = 1;

/** How many events. It has no `of`: every input counts, null too, as in `count(*)`. */
export const countMeasure: Measure<number> = {
  spec: { kind: "count" },
  zero: () => 0,
  add: (count) => count + 1,
  merge: (into, from) => into + from,
  present: (count) => count,
  rank: (count) => count,
  encode(count, out) {
    out.byte(VERSION);
    out.varint(count);
  },
  decode(from) {
    expectVersion(from, VERSION, "count");
    return from.varint();
  },
  skip(from) {
    from.byte();
    from.varint();
  },
  fromColumn(column) {
    const count = fromIntegerColumn(column);
    return typeof count === "number" && count >= 0 ? count : corrupt("count", `column ${count}`);
  },
  errorBound: null,
};
