import { refuse } from "../definitionError.js";
import type { MeasureSpec } from "../measure/measure.js";
import { checkMeasureSpec, LG_K_DEFAULT } from "../measure/measureSpec.js";
import type { Expression, ValueType } from "./expression.js";
import { type Operand, toExpression } from "./operand.js";

const RELATIVE_ERROR_DEFAULT = 0.01;
const PROBABILITIES_DEFAULT = [0.5, 0.9, 0.99] as const;

/** A measure as users write it; its name is the property that it stands at. */
export interface Measured<Kind extends MeasureSpec["kind"] = MeasureSpec["kind"]> {
  readonly spec: MeasureSpec & { readonly kind: Kind };
  readonly of: Expression | null;
  readonly where: Expression | null;
}

export interface MeasuredOptions {
  /** Only events for which this is true. */
  readonly where?: Operand<"boolean">;
}

const INTEGER: readonly ValueType[] = ["integer"];
const COUNTABLE: readonly ValueType[] = ["string", "integer", "boolean"];

const measured = <Kind extends MeasureSpec["kind"]>(
  spec: MeasureSpec & { readonly kind: Kind },
  of: unknown,
  types: readonly ValueType[],
  where: Operand<"boolean"> | undefined,
): Measured<Kind> => {
  const problem = checkMeasureSpec(spec);
  if (problem !== null) refuse(problem);
  const value = types.length === 0 ? null : toExpression(of);
  if (value !== null && !types.includes(value.type)) {
    refuse(
      `${spec.kind} takes ${types.join(", ")}, got ${value.type}`,
      value.type === "number"
        ? "floats are not exact in every order and engine: use t.integer() or t.decimal(scale)"
        : "",
    );
  }
  const condition = where === undefined ? null : toExpression(where);
  if (condition !== null && condition.type !== "boolean")
    refuse(`where takes a boolean, got ${condition.type}`);
  return { spec, of: value, where: condition };
};

/** How many events. */
export const count = (options: MeasuredOptions = {}): Measured<"count"> =>
  measured({ kind: "count" }, null, [], options.where);
/** Kept in 128 bits; a decimal is summed in its smallest unit. */
export const sum = (of: Operand<"integer">, options: MeasuredOptions = {}): Measured<"sum"> =>
  measured({ kind: "sum" }, of, INTEGER, options.where);
export const min = (of: Operand<"integer">, options: MeasuredOptions = {}): Measured<"min"> =>
  measured({ kind: "min" }, of, INTEGER, options.where);
export const max = (of: Operand<"integer">, options: MeasuredOptions = {}): Measured<"max"> =>
  measured({ kind: "max" }, of, INTEGER, options.where);
/** How many different values, estimated: each step of `lgK` doubles the memory and divides the error by the root of 2. */
export const countDistinct = (
  of: Operand<"string"> | Operand<"integer"> | Operand<"boolean">,
  options: MeasuredOptions & { readonly lgK?: number } = {},
): Measured<"countDistinct"> =>
  measured({ kind: "countDistinct", lgK: options.lgK ?? LG_K_DEFAULT }, of, COUNTABLE, options.where);
/** Quantiles within a relative error, by default the 50th, 90th and 99th percentile within 1 %. */
export const quantiles = (
  of: Operand<"integer">,
  options: MeasuredOptions & {
    readonly relativeError?: number;
    readonly probabilities?: readonly number[];
  } = {},
): Measured<"quantiles"> => {
  const { relativeError = RELATIVE_ERROR_DEFAULT, probabilities = PROBABILITIES_DEFAULT } = options;
  return measured(
    { kind: "quantiles", relativeError, probabilities: [...probabilities] },
    of,
    INTEGER,
    options.where,
  );
};
