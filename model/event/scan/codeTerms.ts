import { utf8Of } from "./bytes.js";

/** What the code of one event type has in common. */
export interface CodeContext {
  readonly typeName: string;
  readonly version: number;
  /** The index in `enums` of the table of these texts. */
  enumIndex(texts: readonly string[]): number;
}

/** Past so many bytes the slack behind the last event would not do. */
const UNGUARDED_MAX = 16;
const LITTLE_ENDIAN: readonly number[] = [0, 8, 16, 24];

/** A condition: these bytes are at `p`. They are compared a word at a time, the last one overlapping. */
export const isAt = (literal: Uint8Array): string => {
  const { length } = literal;
  if (length < 4) return [...literal].map((byte, index) => `b[p + ${index}] === ${byte}`).join(" && ");
  const offsets = Array.from({ length: length >> 2 }, (_, word) => word * 4);
  if (length % 4 !== 0) offsets.push(length - 4);
  const tests = offsets.map((offset) => {
    const word = LITTLE_ENDIAN.reduce(
      (all, shift, index) => all | ((literal[offset + index] as number) << shift),
      0,
    );
    return `w.getInt32(p + ${offset}, true) === ${word}`;
  });
  return `${length > UNGUARDED_MAX ? `p + ${length} <= e && ` : ""}${tests.join(" && ")}`;
};

const isNull = isAt(utf8Of("null"));

/** What to do at null. */
export const nullCode = (nullable: boolean, then = "p += 4;"): string =>
  nullable ? `if (${isNull}) { ${then} } else return -1;` : "return -1;";
