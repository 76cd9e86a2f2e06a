import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defineApp, toAppDocument } from "../define.js";
import { coalesce, concat, divideFloor, eq, iff, lowerAscii, multiply, toText } from "../metric/build.js";
import { toDuckDb } from "../metric/duckDb.js";
import { eventFields } from "../metric/fields.js";
import { text } from "../metric/fixtures/arbitrary.js";
import { compileExpression } from "../metric/javascript.js";
import { toExpression } from "../metric/operand.js";
import { event } from "./define.js";
import { overVersion } from "./lineage.js";
import { createEventReader } from "./reader.js";
import type { ObjectSchema } from "./schema.js";
import { t } from "./t.js";

const SEED = 20261121;

const first = event("visit", {
  Page: t.string(),
  seconds: t.integer({ minimum: 0, maximum: 1_000_000 }),
  cents: t.integer({ minimum: 0, maximum: 1_000_000_000 }),
  agent: t.optional(t.string()),
  gone: t.optional(t.string()),
  geo: t.optional(t.object({ country: t.string() })),
});
const second = event(
  "visit",
  {
    page: t.object({ path: t.string(), title: t.optional(t.string()) }),
    ms: t.integer({ minimum: 0 }),
    price: t.decimal(2),
    agent: t.string(),
    geo: t.optional(t.object({ country: t.string(), city: t.optional(t.string()) })),
    late: t.optional(t.string()),
  },
  {
    previous: first,
    upcast: (before) => ({
      page: { path: lowerAscii(before.Page) },
      ms: multiply(before.seconds, 1000),
      price: before.cents,
      agent: coalesce(before.agent, "none"),
    }),
  },
);
const third = event(
  "visit",
  {
    page: t.object({ path: t.string(), title: t.optional(t.string()), query: t.optional(t.string()) }),
    ms: t.integer({ minimum: 0 }),
    price: t.decimal(2),
    agent: t.string(),
    geo: t.optional(t.object({ country: t.string(), city: t.optional(t.string()) })),
    late: t.optional(t.string()),
    more: t.optional(t.string()),
  },
  { previous: second },
);

const document = toAppDocument(defineApp({ events: [third], metrics: [] }));
const definition = third.definition;
const reader = createEventReader(document);

describe("versions of an event", () => {
  it("makes an event of the last version of one of the first", () => {
    const value = {
      type: "visit",
      id: "1",
      time: 0,
      $version: 1,
      Page: "/NEWS",
      seconds: 3,
      cents: 1999,
      gone: "x",
      geo: { country: "IS", city: 5 },
      more: 7,
      own: [1],
    };
    const outcome = reader.read(Buffer.from(JSON.stringify(value)));
    expect(outcome).toMatchObject({ kind: "event" });
    expect(outcome.kind === "event" && JSON.parse(outcome.body())).toEqual({
      type: "visit",
      id: "1",
      time: "1970-01-01T00:00:00.000Z",
      page: { path: "/news" },
      ms: 3000,
      price: 19.99,
      agent: "none",
      geo: { country: "IS" },
      own: [1],
    });
  });

  it(`compiles expressions over the last version to SQL over the first (seed ${SEED})`, async () => {
    const fields = eventFields<typeof third.fields>(definition.versions[2]?.schema as ObjectSchema);
    const expressions = [
      concat(fields.page.path, "?", coalesce(fields.page.title, "untitled")),
      divideFloor(fields.ms, 7),
      fields.price,
      iff(eq(fields.agent, "none"), null, fields.agent),
      coalesce(fields.geo.city, fields.geo.country),
      coalesce(fields.late, fields.more, toText(fields.ms)),
      fields.page.query,
      fields.id,
      fields.time,
    ].map(toExpression);
    const values = fc.sample(
      fc.record(
        {
          Page: text,
          seconds: fc.integer({ min: 0, max: 1_000_000 }),
          cents: fc.integer({ min: 0, max: 1_000_000_000 }),
          agent: fc.oneof(text, fc.constant(null)),
          gone: text,
          // names of later versions that mean something else here
          geo: fc.oneof(
            fc.record({ country: text, city: fc.constantFrom<unknown>(5, "x") }),
            fc.constant(null),
          ),
          more: fc.constantFrom<unknown>(5, "x", null),
          late: fc.constantFrom<unknown>([], "x"),
          page: fc.constantFrom<unknown>("x", { path: "y", query: "z" }),
          ms: fc.constantFrom<unknown>("x", 5),
        },
        { requiredKeys: ["Page", "seconds", "cents"] },
      ),
      { seed: SEED, numRuns: 500 },
    );
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    await connection.run("CREATE TABLE rows (n INTEGER, body VARCHAR, id VARCHAR, time_ms BIGINT)");
    const appender = await connection.createAppender("rows");
    const firstReader = createEventReader(toAppDocument(defineApp({ events: [first], metrics: [] })));
    const bytes = values.map((value, n) =>
      Buffer.from(JSON.stringify({ type: "visit", id: `${n}`, time: n, $version: 1, ...value })),
    );
    for (const [n, event] of bytes.entries()) {
      const landed = firstReader.read(event);
      if (landed.kind === "rejected") expect.fail(landed.detail);
      appender.appendInteger(n);
      appender.appendVarchar(landed.body());
      appender.appendVarchar(landed.id);
      appender.appendBigInt(BigInt(landed.timeMs));
      appender.endRow();
    }
    appender.closeSync();
    const sql = expressions.map((expression) => toDuckDb(overVersion(expression, definition, 1)));
    const columns = (
      await connection.runAndReadAll(`SELECT ${sql.join(", ")} FROM rows ORDER BY n`)
    ).getColumns();
    const nulls = new Set<number>();
    const evaluators = expressions.map(compileExpression);
    for (const [n, event] of bytes.entries()) {
      const outcome = reader.read(event);
      if (outcome.kind === "rejected") expect.fail(outcome.detail);
      for (const [index, evaluate] of evaluators.entries()) {
        const value = evaluate(outcome, () => null);
        const inDuckDb = columns[index]?.[n];
        expect(
          typeof inDuckDb === "bigint" ? Number(inDuckDb) : inDuckDb,
          `${sql[index]} of ${event.toString()}`,
        ).toBe(value);
        if (value === null) nulls.add(index);
      }
    }
    expect([...nulls]).toEqual(expect.arrayContaining([3, 4, 6]));
  });

  it("rejects an event that the upcast does not fit into the new bounds", () => {
    const narrow = event(
      "visit",
      { page: t.string({ maxLength: 3 }) },
      { previous: event("visit", { Page: t.string() }), upcast: (before) => ({ page: before.Page }) },
    );
    const narrowReader = createEventReader(toAppDocument(defineApp({ events: [narrow], metrics: [] })));
    const read = (Page: string) =>
      narrowReader.read(Buffer.from(JSON.stringify({ type: "visit", id: "1", time: 0, $version: 1, Page })));
    expect(read("abc")).toMatchObject({ kind: "event" });
    expect(read("abcd")).toMatchObject({
      kind: "rejected",
      reason: "out_of_range",
      detail: "page: expected 0 to 3 characters",
    });
  });

  const before = event("x", {
    a: t.string(),
    n: t.integer({ maximum: 5 }),
    o: t.optional(t.object({ p: t.string() })),
  });
  const same = { a: t.string(), n: t.integer({ maximum: 5 }), o: t.optional(t.object({ p: t.string() })) };
  it("takes new optional fields without an upcast, within objects too", () => {
    const after = event(
      "x",
      {
        ...same,
        o: t.optional(t.object({ p: t.string(), q: t.optional(t.boolean()) })),
        b: t.optional(t.array(t.string())),
      },
      { previous: before },
    );
    expect(after.definition.versions.map(({ version }) => version)).toEqual([1, 2]);
  });

  it.each([
    ["a field that is gone", { n: same.n, o: same.o }, "a is gone"],
    ["another type", { ...same, a: t.integer() }, "a has another schema"],
    ["another bound", { ...same, n: t.integer({ maximum: 6 }) }, "n has another schema"],
    ["a field made optional", { ...same, a: t.optional(t.string()) }, "a is optional now"],
    ["a field made required", { ...same, o: t.object({ p: t.string() }) }, "o is required now"],
    ["a new required field", { ...same, b: t.string() }, "b is new and required"],
    [
      "a new required inner field",
      { ...same, o: t.optional(t.object({ p: t.string(), q: t.string() })) },
      "o.q is new and required",
    ],
  ])("refuses %s without an upcast", (_, fields, reason) => {
    expect(() => event("x", fields, { previous: before })).toThrow(
      `events["x"]: ${reason}: only new optional fields are safe by themselves; give an \`upcast\``,
    );
  });

  it.each([
    [
      "a field that is not there",
      { ...same },
      () => ({ c: "x" }),
      'upcast: the new version has no field "c"; there are: a, n, o',
    ],
    [
      "the wrong type",
      { ...same, b: t.string() },
      () => ({ b: 5 }),
      "upcast.b: expected string, got integer",
    ],
    [
      "null for a required field",
      { ...same, b: t.string() },
      (e: never) => ({ b: (e as { o: { p: string } }).o.p }),
      "upcast.b: the field is required, and this can be null; use coalesce",
    ],
    [
      "nothing for a required field",
      { ...same, b: t.string() },
      () => ({}),
      "upcast.b: the field is new and required; name it in the upcast",
    ],
    [
      "nothing for a changed field",
      { ...same, a: t.integer() },
      () => ({}),
      "upcast.a: the field has another type; name it in the upcast",
    ],
    [
      "arithmetic that can go past 2^53",
      { ...same, n: t.integer() },
      (e: never) => ({ n: multiply((e as { n: number }).n, 2) }),
      "upcast.n: multiply can reach -18014398509481982, past +-(2^53 - 1)",
    ],
  ])("refuses an upcast that gives %s", (_, fields, upcast, message) => {
    expect(() => event("x", fields, { previous: before, upcast: upcast as never })).toThrow(message);
  });

  it("refuses an upcast without a version before, and another event's version", () => {
    expect(() => event("x", same, { upcast: () => ({}) })).toThrow("`upcast` without `previous`");
    expect(() => event("y", same, { previous: before })).toThrow('the version before is of "x"');
  });
});
