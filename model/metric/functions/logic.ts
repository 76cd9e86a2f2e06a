import { refuse } from "../../definitionError.js";
import type { Expression, FunctionName } from "../expression.js";
import { atLeast, exactly, type Facts, type FunctionRule } from "./rule.js";
import { commonType, expectTypes } from "./types.js";

const asCommon = (sql: readonly string[], nodes: readonly Expression[]): readonly string[] =>
  commonType(nodes, "a comparison") === "number" ? sql.map((text) => `CAST(${text} AS DOUBLE)`) : sql;

const equality = (js: string, bytes: string, sqlOperator: string): FunctionRule => ({
  arity: exactly(2),
  type: (args) => (commonType(args, "a comparison"), "boolean"),
  js: ([a, b]) => `${a} ${js} ${b}`,
  bytes: ([a, b]) => `${bytes}(${a}, ${b})`,
  duckDb: (args, nodes) => asCommon(args, nodes).join(` ${sqlOperator} `),
});

const ordering = (operator: string): FunctionRule => ({
  arity: exactly(2),
  type: (args) =>
    commonType(args, "a comparison") === "boolean" ? refuse("booleans have no order") : "boolean",
  // SQL orders texts by their UTF-8 bytes, JavaScript by UTF-16 units
  js: ([a, b], nodes) =>
    nodes[0]?.type === "string" ? `r.codePointOrder(${a}, ${b}) ${operator} 0` : `${a} ${operator} ${b}`,
  bytes: ([a, b]) => `t.order(${a}, ${b}) ${operator} 0`,
  duckDb: (args, nodes) => asCommon(args, nodes).join(` ${operator} `),
});

const union = (branches: readonly Facts[]): Facts => ({
  min: Math.min(...branches.map(({ min }) => min)),
  max: Math.max(...branches.map(({ max }) => max)),
  nullable: branches.some(({ nullable }) => nullable),
});

/** A value of one branch or the other must have one type: no silent widening. */
const sameType = (args: readonly Expression[], what: string): Expression["type"] => {
  const type = commonType(args, what);
  if (args.some((arg) => arg.type !== type))
    refuse(`${what} takes values of one type, got integer and number`);
  return type;
};

/* These pass texts on or ask for null alone, and so are the same over strings and slots. */
const isNull = ([a]: readonly string[]): string => `${a} === null`;
const firstKnown = (args: readonly string[]): string => args.map((arg) => `(${arg})`).join(" ?? ");
const choice = ([condition, then, otherwise]: readonly string[]): string =>
  `${condition} === true ? ${then} : ${otherwise}`;

export const LOGIC = {
  eq: equality("===", "t.equal", "="),
  ne: equality("!==", "!t.equal", "<>"),
  lt: ordering("<"),
  lte: ordering("<="),
  gt: ordering(">"),
  gte: ordering(">="),
  and: {
    arity: atLeast(2),
    type: (args) => (expectTypes(args, "boolean", "and"), "boolean"),
    handlesNull: true,
    js: (args) => `${any(args, "false")} ? false : ${any(args, "null")} ? null : true`,
    duckDb: (args) => args.join(" AND "),
  },
  or: {
    arity: atLeast(2),
    type: (args) => (expectTypes(args, "boolean", "or"), "boolean"),
    handlesNull: true,
    js: (args) => `${any(args, "true")} ? true : ${any(args, "null")} ? null : false`,
    duckDb: (args) => args.join(" OR "),
  },
  not: {
    arity: exactly(1),
    type: (args) => (expectTypes(args, "boolean", "not"), "boolean"),
    js: ([a]) => `!${a}`,
    duckDb: ([a]) => `NOT ${a}`,
  },
  isNull: {
    arity: exactly(1),
    type: () => "boolean",
    handlesNull: true,
    facts: () => ({ nullable: false }),
    js: isNull,
    bytes: isNull,
    duckDb: ([a]) => `${a} IS NULL`,
  },
  coalesce: {
    arity: atLeast(2),
    type: (args) => sameType(args, "coalesce"),
    facts: (args) => ({ ...union(args), nullable: args.every(({ nullable }) => nullable) }),
    handlesNull: true,
    js: firstKnown,
    bytes: firstKnown,
    duckDb: (args) => `coalesce(${args.join(", ")})`,
  },
  if: {
    arity: exactly(3),
    type: ([condition, ...branches]) => {
      expectTypes(condition ? [condition] : [], "boolean", "iff's condition");
      return sameType(branches, "iff");
    },
    facts: ([, ...branches]) => union(branches),
    handlesNull: true,
    js: choice,
    bytes: choice,
    duckDb: ([condition, then, otherwise]) => `CASE WHEN ${condition} THEN ${then} ELSE ${otherwise} END`,
  },
  in: {
    arity: atLeast(2),
    type: (args) => {
      for (const value of args.slice(1))
        if (value.kind !== "literal" || value.value === null)
          refuse("oneOf takes plain values, and null is none", "use eq, or and isNull");
      commonType(args, "oneOf");
      return "boolean";
    },
    js: ([value, ...known]) => known.map((literal) => `${value} === ${literal}`).join(" || "),
    bytes: ([value, ...known]) => known.map((literal) => `t.equal(${value}, ${literal})`).join(" || "),
    duckDb: (args, nodes) => {
      const [value, ...known] = asCommon(args, nodes);
      return `${value} IN (${known.join(", ")})`;
    },
  },
} satisfies Partial<Record<FunctionName, FunctionRule>>;

const any = (args: readonly string[], value: string): string =>
  args.map((arg) => `${arg} === ${value}`).join(" || ");
