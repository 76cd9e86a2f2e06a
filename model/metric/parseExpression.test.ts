import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EpochMs } from "../brand.js";
import { DefinitionError } from "../definitionError.js";
import { toDuckDb } from "./duckDb.js";
import type { FunctionName, ValueType } from "./expression.js";
import { buildExpression, text } from "./fixtures/arbitrary.js";
import { FUNCTIONS } from "./functions/index.js";
import { compileExpression } from "./javascript.js";
import { parseExpression } from "./parseExpression.js";
import { nodesOf } from "./walk.js";

const SEED = 20261121;
const TREES = 6_000;
const BUILT = 1_000;
const PER_STATEMENT = 50;
const TYPES: readonly ValueType[] = ["string", "integer", "number", "boolean", "instant"];
const NAMES = Object.keys(FUNCTIONS) as readonly FunctionName[];

type Tree = Readonly<Record<string, unknown>>;
interface Call {
  name: string;
  readonly args: Tree[];
}

const callsOf = (tree: Tree): readonly Call[] => {
  if (tree["kind"] !== "call") return [];
  const call = tree as unknown as Call;
  return [call, ...call.args.flatMap(callsOf)];
};

const built = fc
  .record({
    type: fc.constantFrom(...TYPES),
    depth: fc.integer({ min: 1, max: 4 }),
    draws: fc.array(fc.nat(), { minLength: 20, maxLength: 60 }),
    texts: fc.array(text, { minLength: 3, maxLength: 6 }),
  })
  .map(({ type, depth, draws, texts }) => buildExpression(type, depth, draws, texts))
  .filter((expression) => expression !== null);

const leaf: fc.Arbitrary<Tree> = fc.oneof(
  fc
    .oneof(
      text,
      fc.boolean(),
      fc.integer({ min: -3, max: 90_000 }),
      fc.constantFrom(0.1, 1e300, "", 1, 60_000),
    )
    .map((value) => ({ kind: "literal", value })),
  fc.constantFrom(...TYPES).map((type) => ({ kind: "literal", type, value: null })),
  fc.constantFrom(...TYPES).map((type) => ({ kind: "field", type, path: ["a", "b c"] })),
);

/** A change to one call of a tree: another function, or an argument that is gone, there once more, or another one. */
const change = fc.record({
  at: fc.nat(),
  argument: fc.nat(),
  name: fc.option(fc.constantFrom(...NAMES), { nil: null }),
  length: fc.constantFrom(0, 1, 2),
  other: leaf,
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

const changed = (tree: Tree, { at, argument, name, length, other }: Change): Tree => {
  const copy = structuredClone(tree);
  const calls = callsOf(copy);
  const call = calls[at % Math.max(1, calls.length)];
  if (!call) return other;
  if (name !== null) call.name = name;
  else call.args.splice(argument % call.args.length, 1, ...Array.from({ length }, () => other));
  return copy;
};

const parsed = (json: unknown) => {
  try {
    return { kind: "parsed", expression: parseExpression(json) } as const;
  } catch (error) {
    if (error instanceof DefinitionError) return { kind: "refused", detail: error.message } as const;
    throw error;
  }
};
const call = (name: string, ...args: readonly unknown[]): Tree => ({
  kind: "call",
  name,
  args: args.map((value) => ({ kind: "literal", value })),
});
const refusal = (json: unknown): string => {
  const outcome = parsed(json);
  return outcome.kind === "refused" ? outcome.detail : "nothing was refused";
};

describe("expressions that anybody may have written", () => {
  it(`compile for both engines whenever they are taken (seed ${SEED})`, async () => {
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    await connection.run("CREATE TABLE rows (body VARCHAR, id VARCHAR, time_ms BIGINT)");
    const trees = fc.tuple(built, fc.array(change, { maxLength: 2 }));
    const outcomes = fc
      .sample(trees, { numRuns: TREES, seed: SEED })
      .map(([tree, changes]) => parsed(changes.reduce(changed, JSON.parse(JSON.stringify(tree)) as Tree)));
    const taken = outcomes.flatMap((outcome) => (outcome.kind === "parsed" ? [outcome.expression] : []));
    const row = { id: "x", timeMs: 86_400_000 as EpochMs, event: { a: null, "b c": null } };
    for (const expression of taken) {
      expect(
        compileExpression(expression)(row, () => null),
        JSON.stringify(expression),
      ).toBeDefined();
    }
    for (let from = 0; from < taken.length; from += PER_STATEMENT) {
      const columns = taken.slice(from, from + PER_STATEMENT).map((expression) => toDuckDb(expression));
      await connection.prepare(`SELECT ${columns.join(",\n")} FROM rows`);
    }
    const used = new Set(
      taken.flatMap((expression) =>
        [...nodesOf(expression)].flatMap((node) => (node.kind === "call" ? [node.name] : [])),
      ),
    );
    expect([...used].sort()).toEqual([...NAMES].sort());
    expect(taken.filter(({ kind }) => kind === "call").length).toBeGreaterThan(TREES / 20);
    const miscounted = outcomes.filter(
      (outcome) =>
        outcome.kind === "refused" && /expected (at (least|most) )?\d+ arguments, got/.test(outcome.detail),
    );
    expect(miscounted.length).toBeGreaterThan(TREES / 20);
  });

  it(`are what was built, when it was built by the language's own functions (seed ${SEED})`, () => {
    let compared = 0;
    for (const expression of fc.sample(built, { numRuns: BUILT, seed: SEED })) {
      // a raw event's fields have no scale
      if ([...nodesOf(expression)].some((node) => "scale" in node && node.scale !== undefined)) continue;
      const json: unknown = JSON.parse(JSON.stringify(expression));
      expect(parseExpression(json)).toEqual(json);
      compared++;
    }
    expect(compared).toBeGreaterThan(BUILT / 4);
  });

  it.each(NAMES)("%s takes no argument less or more than it is made for", (name) => {
    const { least, most } = FUNCTIONS[name].arity;
    const args = (count: number) => Array.from({ length: count }, () => "a");
    expect(refusal(call(name, ...args(least - 1)))).toContain(`arguments, got ${least - 1}`);
    if (least === most)
      expect(refusal(call(name, ...args(most + 1)))).toContain(`expected ${most} arguments, got ${most + 1}`);
  });

  it("says where and what was expected, and never grows without bound", () => {
    expect(refusal({ kind: "call", name: "not", args: [call("not")] })).toMatch(/not.*args.*0.*not.*got 0/);
    expect(refusal(call("eval", "1"))).toMatch(/expected a function's name/);
    expect(refusal(call("__proto__", "1"))).toMatch(/expected a function's name/);
    expect(refusal({ kind: "lookup", lookup: "x", key: { kind: "literal", value: "a" } })).toMatch(/`kind`/);
    expect(refusal({ kind: "field", type: "text", path: ["a"] })).toMatch(/expected a type/);
    expect(refusal({ kind: "field", type: "string", path: [] })).toMatch(/1 to 32 names/);
    expect(refusal({ kind: "literal", value: { kind: "field" } })).toMatch(/expected/);
    expect(
      refusal({
        kind: "call",
        name: "in",
        args: [
          { kind: "literal", value: 1 },
          { kind: "literal", type: "integer", value: null },
        ],
      }),
    ).toMatch(/null is none/);
    expect(refusal(call("concat", ...Array.from({ length: 1_000 }, () => "a")))).toMatch(/1000 nodes/);
    const deep = (depth: number): Tree =>
      depth === 0 ? { kind: "literal", value: true } : { kind: "call", name: "not", args: [deep(depth - 1)] };
    expect(refusal(deep(32))).toBe("nothing was refused");
    expect(refusal(deep(33))).toMatch(/32 deep/);
  });
});
