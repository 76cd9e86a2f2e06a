import { refuse } from "../../definitionError.js";
import type { Expression, FunctionName } from "../expression.js";
import { type Arity, atLeast, exactly, type Facts, type FunctionRule } from "./rule.js";
import { expectTypes } from "./types.js";

const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER = UPPER.toLowerCase();
/** DuckDB and Spark take positions as 32-bit integers. */
const POSITION_MAX = 2 ** 31 - 1;

/** Every integer of so many digits is safe. */
const INTEGER_OF_TEXT_DIGITS = 15;
const INTEGER_OF_TEXT_MAX = 10 ** INTEGER_OF_TEXT_DIGITS - 1;

const textToText = (
  name: string,
  arity: Arity,
  rule: Pick<FunctionRule, "js" | "bytes" | "duckDb" | "spark">,
): FunctionRule => ({
  arity,
  type: (args) => (expectTypes(args, "string", name), "string"),
  ...rule,
});

const textTest = (name: string, method: string, duckDb: string, spark: string): FunctionRule => ({
  arity: exactly(2),
  type: (args) => (expectTypes(args, "string", name), "boolean"),
  js: ([text, part]) => `${text}.${method}(${part})`,
  bytes: ([text, part]) => `t.${method}(${text}, ${part})`,
  duckDb: ([text, part]) => `${duckDb}(${text}, ${part})`,
  spark: ([text, part]) => `${spark}(${text}, ${part})`,
});

const expectPosition = (facts: Facts | undefined, least: number, what: string): void => {
  if (!facts || (facts.min >= least && facts.max <= POSITION_MAX)) return;
  refuse(
    `substring's ${what} can be ${facts.min < least ? facts.min : facts.max}: engines differ outside ${least} to 2^31 - 1`,
    "give the field bounds, or use greatest and least",
  );
};

const literalOf = (node: Expression | undefined): string | number | boolean | null =>
  node?.kind === "literal" ? node.value : null;

export const TEXT = {
  concat: textToText("concat", atLeast(2), {
    js: (args) => args.join(" + "),
    duckDb: (args) => args.join(" || "),
  }),
  lowerAscii: textToText("lowerAscii", exactly(1), {
    js: ([text]) => `r.lowerAscii(${text})`,
    bytes: ([text], into) => `t.lowerAscii(${text}, ${into})`,
    duckDb: ([text]) => `translate(${text}, '${UPPER}', '${LOWER}')`,
  }),
  upperAscii: textToText("upperAscii", exactly(1), {
    js: ([text]) => `r.upperAscii(${text})`,
    bytes: ([text], into) => `t.upperAscii(${text}, ${into})`,
    duckDb: ([text]) => `translate(${text}, '${LOWER}', '${UPPER}')`,
  }),
  trim: textToText("trim", exactly(1), {
    js: ([text]) => `r.trimSpaces(${text})`,
    bytes: ([text], into) => `t.trimSpaces(${text}, ${into})`,
    duckDb: ([text]) => `trim(${text}, ' ')`,
    spark: ([text]) => `btrim(${text}, ' ')`,
  }),
  length: {
    arity: exactly(1),
    type: (args) => (expectTypes(args, "string", "length"), "integer"),
    facts: () => ({ min: 0, max: POSITION_MAX }),
    js: ([text]) => `r.codePointCount(${text})`,
    bytes: ([text]) => `t.codePointCount(${text})`,
    duckDb: ([text]) => `length(${text})`,
    spark: ([text]) => `CAST(length(${text}) AS BIGINT)`,
  },
  substring: {
    arity: exactly(3),
    type: ([text, ...positions]) => {
      expectTypes(text ? [text] : [], "string", "substring");
      expectTypes(positions, "integer", "substring's start and length");
      return "string";
    },
    facts: ([, start, length]) => {
      expectPosition(start, 1, "start");
      expectPosition(length, 0, "length");
      return {};
    },
    js: ([text, start, length]) => `r.codePointSlice(${text}, ${start}, ${length})`,
    bytes: ([text, start, length], into) => `t.codePointSlice(${text}, ${start}, ${length}, ${into})`,
    duckDb: ([text, start, length]) => `substring(${text}, ${start}, ${length})`,
    spark: ([text, start, length]) => `substring(${text}, CAST(${start} AS INT), CAST(${length} AS INT))`,
  },
  splitPart: {
    arity: exactly(3),
    type: ([text, separator, index]) => {
      expectTypes(text ? [text] : [], "string", "splitPart");
      const by = literalOf(separator);
      if (typeof by !== "string" || by === "")
        refuse("splitPart's separator is a text that is not empty: engines differ there");
      const part = literalOf(index);
      if (typeof part !== "number" || !Number.isInteger(part) || part < 1 || part > POSITION_MAX) {
        refuse("splitPart's part is an integer from 1 on: engines differ below it");
      }
      return "string";
    },
    js: ([text, separator, index]) => `r.splitPart(${text}, ${separator}, ${index})`,
    bytes: ([text, separator, index], into) => `t.splitPart(${text}, ${separator}, ${index}, ${into})`,
    duckDb: ([text, separator, index]) => `split_part(${text}, ${separator}, ${index})`,
    spark: ([text, separator, index]) => `split_part(${text}, ${separator}, CAST(${index} AS INT))`,
  },
  startsWith: textTest("startsWith", "startsWith", "starts_with", "startswith"),
  endsWith: textTest("endsWith", "endsWith", "suffix", "endswith"),
  contains: textTest("contains", "includes", "contains", "contains"),
  toText: {
    arity: exactly(1),
    type: (args) => (expectTypes(args, "integer", "toText"), "string"),
    js: ([value]) => `String(${value})`,
    duckDb: ([value]) => `CAST(${value} AS VARCHAR)`,
    spark: ([value]) => `CAST(${value} AS STRING)`,
  },
  toInteger: {
    arity: exactly(1),
    type: (args) => (expectTypes(args, "string", "toInteger"), "integer"),
    facts: () => ({ min: -INTEGER_OF_TEXT_MAX, max: INTEGER_OF_TEXT_MAX, nullable: true }),
    js: ([text]) => `r.toInteger(${text})`,
    duckDb: ([text]) =>
      `CASE WHEN regexp_full_match(${text}, '-?[0-9]{1,${INTEGER_OF_TEXT_DIGITS}}') THEN CAST(${text} AS BIGINT) END`,
    // \\z: with $ a line break could follow
    spark: ([text]) =>
      `CASE WHEN ${text} RLIKE '^-?[0-9]{1,${INTEGER_OF_TEXT_DIGITS}}\\\\z' THEN try_cast(${text} AS BIGINT) END`,
  },
} satisfies Partial<Record<FunctionName, FunctionRule>>;
