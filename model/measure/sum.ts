import { expectVersion } from "./corrupt.js";
import { exactInteger, fromIntegerColumn, integerInput } from "./integer.js";
import type { Measure } from "./measure.js";

/** A number while it is safe, a bigint of up to 128 bits beyond. */
export type Sum = number | bigint;

const VERSION = 1;
const BITS = 128;

/** @throws RangeError past 128 bits. */
const within128 = (sum: bigint): Sum => {
  if (BigInt.asIntN(BITS, sum) !== sum) throw new RangeError(`a sum past ${BITS} bits: ${sum}`);
  return exactInteger(sum);
};

const plus = (a: Sum, b: Sum): Sum => {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return within128(BigInt(a) + BigInt(b));
};

/** The exact sum of integers; 0 for none. */
export const sumMeasure: Measure<Sum> = {
  spec: { kind: "sum" },
  zero: () => 0,
  add: (sum, input) => (input === null ? sum : plus(sum, integerInput("sum", input))),
  merge: plus,
  present: (sum) => (typeof sum === "number" ? sum : String(sum)),
  rank: Number,
  encode(sum, out) {
    out.byte(VERSION);
    if (typeof sum === "number") out.zigzag(sum);
    else out.bigint(sum);
  },
  decode(from) {
    expectVersion(from, VERSION, "sum");
    const sum = from.integer();
    return typeof sum === "number" ? sum : within128(sum);
  },
  skip(from) {
    from.byte();
    from.integer();
  },
  fromColumn: (column) => (column === null ? 0 : fromIntegerColumn(column)),
  errorBound: null,
};
