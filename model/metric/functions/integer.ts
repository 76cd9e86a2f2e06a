import { refuse } from "../../definitionError.js";
import { SAFE_INTEGER_MAX } from "../../event/schema.js";
import type { FunctionName } from "../expression.js";
import { atLeast, exactly, type Facts, type FunctionRule } from "./rule.js";
import { expectTypes } from "./types.js";

const DAY_MS = 86_400_000;

const safe = (name: string, corners: readonly number[]): Pick<Facts, "min" | "max"> => {
  const range = { min: Math.min(...corners), max: Math.max(...corners) };
  if (range.max > SAFE_INTEGER_MAX || range.min < -SAFE_INTEGER_MAX) {
    refuse(
      `${name} can reach ${range.max > SAFE_INTEGER_MAX ? range.max : range.min}, past +-(2^53 - 1), where JavaScript is no longer exact`,
      "give the fields bounds: t.integer({ minimum, maximum })",
    );
  }
  return range;
};

const largest = (range: Facts): number => Math.max(Math.abs(range.min), Math.abs(range.max));

const arithmetic = (
  name: string,
  rule: Pick<FunctionRule, "js" | "duckDb" | "spark"> & {
    readonly facts: (a: Facts, b: Facts) => Partial<Facts>;
  },
): FunctionRule => ({
  arity: exactly(2),
  type: (args) => (expectTypes(args, "integer", name), "integer"),
  js: rule.js,
  duckDb: rule.duckDb,
  ...(rule.spark ? { spark: rule.spark } : {}),
  facts: ([a, b]) => (a && b ? rule.facts(a, b) : refuse(`${name} takes two integers`)),
});

const extreme = (name: "least" | "greatest", math: "min" | "max"): FunctionRule => ({
  arity: atLeast(2),
  type: (args) => (expectTypes(args, "integer", name), "integer"),
  // as in SQL, nulls are left out: an argument that can be null may leave the result to the others
  facts: (args) => {
    const certain = args.some(({ nullable }) => nullable) ? null : math;
    return {
      min: Math[certain ?? "min"](...args.map(({ min }) => min)),
      max: Math[certain ?? "max"](...args.map(({ max }) => max)),
      nullable: args.every(({ nullable }) => nullable),
    };
  },
  handlesNull: true,
  js: (args) => args.reduce((a, b) => `r.${name}(${a}, ${b})`),
  duckDb: (args) => `${name}(${args.join(", ")})`,
});

/** A divisor that can be null or 0 makes the result null. */
const canFail = (divisor: Facts): boolean => divisor.nullable || (divisor.min <= 0 && divisor.max >= 0);

/** The remainder with the divisor's sign, in SQL: null for a divisor of 0. */
const floorModulo = (a: string, b: string): string => `((${a} % ${b}) + ${b}) % ${b}`;
/** Spark refuses to divide by 0, where DuckDB gives null. */
const orNull = (divisor: string): string => `nullif(${divisor}, 0)`;

export const INTEGER = {
  add: arithmetic("add", {
    facts: (a, b) => safe("add", [a.min + b.min, a.max + b.max]),
    js: ([a, b]) => `${a} + ${b}`,
    duckDb: ([a, b]) => `${a} + ${b}`,
  }),
  subtract: arithmetic("subtract", {
    facts: (a, b) => safe("subtract", [a.min - b.max, a.max - b.min]),
    js: ([a, b]) => `${a} - ${b}`,
    duckDb: ([a, b]) => `${a} - ${b}`,
  }),
  multiply: arithmetic("multiply", {
    facts: (a, b) => safe("multiply", [a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max]),
    // `+ 0` takes the sign off a negative zero
    js: ([a, b]) => `${a} * ${b} + 0`,
    duckDb: ([a, b]) => `${a} * ${b}`,
  }),
  divideFloor: arithmetic("divideFloor", {
    facts: (a, b) => ({ min: -largest(a), max: largest(a), nullable: a.nullable || canFail(b) }),
    js: ([a, b]) => `r.divideFloor(${a}, ${b})`,
    duckDb: ([a, b]) => `(${a} - (${floorModulo(`${a}`, `${b}`)})) // ${b}`,
    spark: ([a, b]) => `(${a} - (${floorModulo(`${a}`, orNull(`${b}`))})) div ${orNull(`${b}`)}`,
  }),
  modulo: arithmetic("modulo", {
    facts: (a, b) => ({
      min: b.min < 0 ? Math.max(b.min + 1, -SAFE_INTEGER_MAX) : 0,
      max: b.max > 0 ? b.max - 1 : 0,
      nullable: a.nullable || canFail(b),
    }),
    js: ([a, b]) => `r.floorModulo(${a}, ${b})`,
    duckDb: ([a, b]) => floorModulo(`${a}`, `${b}`),
    spark: ([a, b]) => floorModulo(`${a}`, orNull(`${b}`)),
  }),
  absolute: {
    arity: exactly(1),
    type: (args) => (expectTypes(args, "integer", "absolute"), "integer"),
    facts: ([a]) => {
      if (!a) return refuse("absolute takes an integer");
      return { min: a.min > 0 ? a.min : a.max < 0 ? -a.max : 0, max: largest(a) };
    },
    js: ([a]) => `Math.abs(${a})`,
    duckDb: ([a]) => `abs(${a})`,
  },
  least: extreme("least", "min"),
  greatest: extreme("greatest", "max"),
  truncateTime: {
    arity: exactly(2),
    type: ([instant, unit]) => {
      expectTypes(instant ? [instant] : [], "instant", "truncateTime");
      const ms = unit?.kind === "literal" ? unit.value : null;
      if (typeof ms !== "number" || !(ms >= 1) || !Number.isInteger(ms) || DAY_MS % ms !== 0) {
        refuse('truncateTime\'s unit divides a day, such as "1m", "15m", "1h", "1d" (UTC)');
      }
      return "instant";
    },
    js: ([instant, unit]) => `${instant} - r.floorModulo(${instant}, ${unit})`,
    duckDb: ([instant, unit]) => `${instant} - (${floorModulo(`${instant}`, `${unit}`)})`,
  },
} satisfies Partial<Record<FunctionName, FunctionRule>>;
