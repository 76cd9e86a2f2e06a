import type { Expression, ValueType } from "../expression.js";

/** What is known of a value before any event is seen. */
export interface Facts {
  /** The integers that it can take; meaningful for integers only. */
  readonly min: number;
  readonly max: number;
  readonly nullable: boolean;
}

/** How many arguments a function takes, both inclusive. */
export interface Arity {
  readonly least: number;
  readonly most: number;
}

const ARGUMENTS_MAX = 1_000;

export const exactly = (count: number): Arity => ({ least: count, most: count });
export const atLeast = (least: number): Arity => ({ least, most: ARGUMENTS_MAX });

/**
 * One function: its type, what is known of its result, and what it compiles to. SQL's null rule holds (a null
 * argument gives null) unless `handlesNull`; then `js` sees nulls as `null`.
 */
export interface FunctionRule {
  readonly arity: Arity;
  /** The result's type, given as many arguments as it takes. @throws DefinitionError where the arguments do not fit. */
  type(args: readonly Expression[]): ValueType;
  /** What is not the default: any safe integer; nullable where an argument is. @throws DefinitionError where it could go wrong. */
  facts?(args: readonly Facts[]): Partial<Facts>;
  readonly handlesNull?: true;
  /** JavaScript over variables and literals; `r` is the runtime. */
  js(args: readonly string[], nodes: readonly Expression[]): string;
  /**
   * The same where texts are slots of `t` (see texts.ts); a text that it makes goes into the slot `into`.
   * Without it `js` gets the texts as strings: slower, never different.
   */
  bytes?(args: readonly string[], into: number): string;
  /** DuckDB SQL over parenthesised SQL. */
  duckDb(args: readonly string[], nodes: readonly Expression[]): string;
  /** The same for Spark in its ANSI mode, where that differs. */
  spark?(args: readonly string[], nodes: readonly Expression[]): string;
}
