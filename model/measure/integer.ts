import type { MeasureInput } from "./measure.js";

/** A safe integer, never -0. @throws RangeError for anything else: a definition that could give it is refused. */
export const integerInput = (measure: string, input: MeasureInput): number => {
  if (!Number.isSafeInteger(input))
    throw new RangeError(`${measure} takes integers up to 2^53 - 1, not ${input}`);
  return (input as number) + 0;
};

/** A BIGINT or HUGEINT column's value: a number where it is safe, else a bigint. */
export const fromIntegerColumn = (value: unknown): number | bigint => {
  if (typeof value === "bigint") return exactInteger(value);
  if (Number.isSafeInteger(value)) return (value as number) + 0;
  throw new RangeError(`not an exact integer: ${String(value)}`);
};

/** The one form of an integer: a number where it is safe, else a bigint. */
export const exactInteger = (value: bigint): number | bigint => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
};
