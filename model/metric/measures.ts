import { refuse, within } from "../definitionError.js";
import type { MeasureSpec } from "../measure/measure.js";
import { checkMeasureSpec, LG_K_DEFAULT } from "../measure/measureSpec.js";
import type { MeasureDefinition } from "./definition.js";
import type { ValueType } from "./expression.js";
import { type Operand, toCondition, toExpression } from "./operand.js";

const RELATIVE_ERROR_DEFAULT = 0.01;
const PROBABILITIES_DEFAULT = [0.5, 0.9, 0.99] as const;

/** A measure as users write it; its name is the property that it stands at. Checked where it gets its name. */
export interface Measured<Kind extends MeasureSpec["kind"] = MeasureSpec["kind"]> {
  readonly spec: MeasureSpec & { readonly kind: Kind };
  /** An operand; null for count. */
  readonly of: unknown;
  readonly where: unknown;
}

export interface MeasuredOptions {
  /** Only events for which this is true. */
  readonly where?: Operand<"boolean">;
}

const INTEGER: readonly ValueType[] = ["integer"];
const COUNTABLE: readonly ValueType[] = ["string", "integer", "boolean"];

/** The measure as data. @throws DefinitionError where the engines could not compute it alike. */
export const toMeasure = ({ spec, of, where }: Measured): Omit<MeasureDefinition, "name"> => {
  const problem = checkMeasureSpec(spec);
  if (problem !== null) refuse(problem);
  const condition = where === null ? null : within("where", () => toCondition(where));
  if (spec.kind === "count") return { spec, of: null, where: condition };
  const value = toExpression(of);
  const types = spec.kind === "countDistinct" ? COUNTABLE : INTEGER;
  if (!types.includes(value.type)) {
    const advice =
      value.type === "number"
        ? "floats are not exact in every order and engine: use t.integer() or t.decimal(scale)"
        : "";
    refuse(`${spec.kind} takes ${types.join(", ")}, got ${value.type}`, advice);
  }
  return { spec, of: value, where: condition };
};

const measured = <Kind extends MeasureSpec["kind"]>(
  spec: MeasureSpec & { readonly kind: Kind },
  of: unknown,
  options: MeasuredOptions,
): Measured<Kind> => ({ spec, of, where: options.where ?? null });

/** How many events. */
export const count = (options: MeasuredOptions = {}): Measured<"count"> =>
  measured({ kind: "count" }, null, options);
/** Kept in 128 bits; a decimal is summed in its smallest unit. */
export const sum = (of: Operand<"integer">, options: MeasuredOptions = {}): Measured<"sum"> =>
  measured({ kind: "sum" }, of, options);
export const min = (of: Operand<"integer">, options: MeasuredOptions = {}): Measured<"min"> =>
  measured({ kind: "min" }, of, options);
export const max = (of: Operand<"integer">, options: MeasuredOptions = {}): Measured<"max"> =>
  measured({ kind: "max" }, of, options);
/** How many different values, estimated: each step of `lgK` doubles the memory and divides the error by the root of 2. */
export const countDistinct = (
  of: Operand<"string"> | Operand<"integer"> | Operand<"boolean">,
  options: MeasuredOptions & { readonly lgK?: number } = {},
): Measured<"countDistinct"> =>
  measured({ kind: "countDistinct", lgK: options.lgK ?? LG_K_DEFAULT }, of, options);
/** Quantiles within a relative error, by default the 50th, 90th and 99th percentile within 1 %. */
export const quantiles = (
  of: Operand<"integer">,
  options: MeasuredOptions & {
    readonly relativeError?: number;
    readonly probabilities?: readonly number[];
  } = {},
): Measured<"quantiles"> => {
  const { relativeError = RELATIVE_ERROR_DEFAULT, probabilities = PROBABILITIES_DEFAULT } = options;
  return measured({ kind: "quantiles", relativeError, probabilities: [...probabilities] }, of, options);
};
