import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defineApp, toAppDocument } from "../define.js";
import { DefinitionError } from "../definitionError.js";
import type { ReadEvent } from "../event/outcome.js";
import { createEventReader } from "../event/reader.js";
import { factsOf } from "./check.js";
import { toDuckDb } from "./duckDb.js";
import type { Expression, FunctionName, ValueType } from "./expression.js";
import { buildExpression, hostile, hostileEvent, hostileSchema, text } from "./fixtures/arbitrary.js";
import { FUNCTIONS } from "./functions/index.js";
import { compileExpression } from "./javascript.js";
import { nodesOf } from "./walk.js";

const SEED = 20261121;
const EVENTS = 400;
const EXPRESSIONS = 1500;
const PER_QUERY = 30;
const LOOKUP = (_: string, key: string): string | null => (key.length % 2 === 0 ? null : `${key}!`);

const reader = createEventReader(toAppDocument(defineApp({ events: [hostile], metrics: [] })));
const readAll = (): readonly ReadEvent[] =>
  fc.sample(hostileEvent, { numRuns: EVENTS, seed: SEED }).map((event) => {
    const outcome = reader.read(Buffer.from(JSON.stringify(event)));
    if (outcome.kind === "rejected") throw new Error(`${outcome.detail} (seed ${SEED})`);
    return outcome;
  });

const TYPES: readonly ValueType[] = ["string", "integer", "boolean", "number", "instant"];

/** Random expressions that a metric would accept, with the functions that they use. */
const acceptedExpressions = (): readonly Expression[] =>
  fc
    .sample(
      fc.record({
        type: fc.constantFrom(...TYPES, "string", "integer", "boolean" as const),
        depth: fc.integer({ min: 1, max: 4 }),
        draws: fc.array(fc.nat(), { minLength: 20, maxLength: 60 }),
        texts: fc.array(text, { minLength: 3, maxLength: 6 }),
      }),
      { numRuns: EXPRESSIONS, seed: SEED },
    )
    .flatMap(({ type, depth, draws, texts }) => {
      const expression = buildExpression(type, depth, draws, texts);
      if (expression === null) return [];
      try {
        factsOf(expression, hostileSchema);
        return [expression];
      } catch (error) {
        if (error instanceof DefinitionError) return [];
        throw error;
      }
    });

const fromDuckDb = (value: unknown): unknown => (typeof value === "bigint" ? Number(value) : value);

describe("expressions", () => {
  it(`have the same value in JavaScript and in DuckDB, whatever the event (seed ${SEED})`, async () => {
    const events = readAll();
    const expressions = acceptedExpressions();
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    await connection.run("CREATE TABLE rows (n INTEGER, body VARCHAR, id VARCHAR, time_ms BIGINT)");
    const appender = await connection.createAppender("rows");
    for (const [n, event] of events.entries()) {
      appender.appendInteger(n);
      appender.appendVarchar(event.body());
      appender.appendVarchar(event.id);
      appender.appendBigInt(BigInt(event.timeMs));
      appender.endRow();
    }
    appender.closeSync();

    const used = new Set<FunctionName>();
    const values = new Map<unknown, number>();
    for (let from = 0; from < expressions.length; from += PER_QUERY) {
      const batch = expressions.slice(from, from + PER_QUERY);
      const sql = batch.map((expression) => toDuckDb(expression));
      const columns = (
        await connection.runAndReadAll(`SELECT ${sql.join(",\n")} FROM rows ORDER BY n`)
      ).getColumns();
      for (const [index, expression] of batch.entries()) {
        const evaluate = compileExpression(expression);
        const facts = factsOf(expression, hostileSchema);
        for (const [n, event] of events.entries()) {
          const value = evaluate(event, LOOKUP);
          const inDuckDb = fromDuckDb(columns[index]?.[n]);
          if (value !== inDuckDb && !(value === 0 && inDuckDb === 0)) {
            expect.fail(
              `JavaScript ${JSON.stringify(value)}, DuckDB ${JSON.stringify(inDuckDb)} for ${sql[index]} of ${event.body()} (seed ${SEED})`,
            );
          }
          if (value === null && !facts.nullable)
            expect.fail(`null, unforeseen: ${sql[index]} of ${event.body()}`);
          if (
            typeof value === "number" &&
            expression.type === "integer" &&
            (value < facts.min || value > facts.max)
          ) {
            expect.fail(`${value} is outside ${facts.min} to ${facts.max}: ${sql[index]} of ${event.body()}`);
          }
          values.set(
            value === null ? null : typeof value,
            (values.get(value === null ? null : typeof value) ?? 0) + 1,
          );
        }
        for (const node of nodesOf(expression)) if (node.kind === "call") used.add(node.name);
      }
    }
    expect([...used].sort()).toEqual(Object.keys(FUNCTIONS).sort());
    expect(expressions.length).toBeGreaterThan(EXPRESSIONS / 2);
    for (const kind of [null, "string", "number", "boolean"])
      expect(values.get(kind)).toBeGreaterThan(10_000);
  });
});
