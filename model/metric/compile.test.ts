import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { defineApp, toAppDocument } from "../define.js";
import { event } from "../event/define.js";
import { createEventReader } from "../event/reader.js";
import { t } from "../event/t.js";
import { lookup } from "../lookup.js";
import { coalesce, concat, eq, gt, isNull, truncateTime } from "./build.js";
import { compileMetric } from "./compile.js";
import { metric } from "./define.js";
import { toDuckDb } from "./duckDb.js";
import type { LookupReader } from "./javascript.js";
import { count, countDistinct, sum } from "./measures.js";

const visit = event("visit", { user: t.string(), cents: t.optional(t.integer()), kind: t.string() });
const other = event("other", { user: t.string() });
const cluster = lookup("cluster", { key: t.string(), value: t.string() });
const app = toAppDocument(
  defineApp({
    events: [visit, other],
    lookups: [cluster],
    metrics: [
      metric("m", visit, {
        where: (e) => gt(coalesce(e.cents, 1), 0),
        by: (e) => ({
          cluster: cluster.of(e.user),
          again: concat("<", cluster.of(cluster.of(e.user)), ">"),
          day: truncateTime(e.time, "1d"),
          nothing: isNull(e.cents),
        }),
        measures: (e) => ({
          n: count(),
          stars: count({ where: eq(e.kind, "star") }),
          sold: sum(e.cents, { where: eq(e.kind, "star") }),
          users: countDistinct(e.user),
        }),
      }),
      metric("all", visit, { by: () => ({}), measures: () => ({ n: count() }) }),
    ],
  }),
);
const [m, all] = app.metrics.map(compileMetric);
const reader = createEventReader(app);
const read = (fields: object) => {
  const outcome = reader.read(
    Buffer.from(
      JSON.stringify({ type: "visit", id: "1", time: 86_400_001, user: "ann", kind: "star", ...fields }),
    ),
  );
  if (outcome.kind === "rejected") throw new Error(outcome.detail);
  return outcome;
};
const CLUSTERS: Readonly<Record<string, string>> = { ann: "bob", bob: "c" };
const look: LookupReader = (name, key) =>
  name === "cluster" && Object.hasOwn(CLUSTERS, key) ? (CLUSTERS[key] ?? null) : null;

describe("a compiled metric", () => {
  it("accepts events of its type for which its condition is true", () => {
    expect(m?.accepts(read({}), look)).toBe(true);
    expect(m?.accepts(read({ cents: 0 }), look)).toBe(false);
    expect(all?.accepts(read({ cents: 0 }), look)).toBe(true);
    expect(m?.accepts(read({ type: "other" }), look)).toBe(false);
  });

  it("gives a value a dimension, with lookups of lookups", () => {
    expect(m?.keyValues(read({ cents: 5 }), look)).toEqual(["bob", "<c>", 86_400_000, false]);
    expect(m?.keyValues(read({ user: "bob" }), look)).toEqual(["c", null, 86_400_000, true]);
    expect(m?.keyValues(read({ user: "__proto__" }), look)).toEqual([null, null, 86_400_000, true]);
    expect(all?.keyValues(read({}), look)).toEqual([]);
  });

  it("gives an input a measure: undefined where the condition is not true, null where the value is", () => {
    expect(m?.inputs(read({ cents: 5 }), look)).toEqual([1, 1, 5, "ann"]);
    expect(m?.inputs(read({}), look)).toEqual([1, 1, null, "ann"]);
    expect(m?.inputs(read({ kind: "fork", cents: 5 }), look)).toEqual([1, undefined, undefined, "ann"]);
  });

  it("has the same keys in DuckDB", async () => {
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const events = [read({ cents: 5 }), read({ user: "bob" }), read({ user: "é😀" })];
    const names = { lookup: (_: string, key: string) => `map(['ann', 'bob'], ['bob', 'c'])[${key}]` };
    const sql = app.metrics[0]?.by.map(({ expression }) => toDuckDb(expression, names)).join(", ");
    for (const row of events) {
      const result = await connection.runAndReadAll(
        `SELECT ${sql} FROM (SELECT $1 AS body, $2 AS id, CAST($3 AS BIGINT) AS time_ms)`,
        [row.body(), row.id, BigInt(row.timeMs)],
      );
      const values = result.getRows()[0]?.map((value) => (typeof value === "bigint" ? Number(value) : value));
      expect(values).toEqual(m?.keyValues(row, look));
    }
  });

  it("carries no code over from names and literals", () => {
    const evil = event("evil", { "a b": t.string(), x: t.object({ "y:z": t.optional(t.string()) }) });
    const injected = `"]; throw new Error("x"); // ' \u2028 \${1}`;
    const document = toAppDocument(
      defineApp({
        events: [evil],
        metrics: [
          metric("e", evil, {
            by: (e) => ({ k: concat(e["a b"], injected), l: e.x["y:z"] }),
            measures: () => ({ n: count() }),
          }),
        ],
      }),
    );
    const outcome = createEventReader(document).read(
      Buffer.from(JSON.stringify({ type: "evil", id: "1", time: 0, "a b": "v", x: { "y:z": "w" } })),
    );
    const compiled = document.metrics.map(compileMetric)[0];
    expect(outcome.kind === "event" && compiled?.keyValues(outcome, look)).toEqual([`v${injected}`, "w"]);
  });
});
