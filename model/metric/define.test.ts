import { describe, expect, it } from "vitest";
import { defineApp, toAppDocument } from "../define.js";
import { DefinitionError } from "../definitionError.js";
import { event } from "../event/define.js";
import { t } from "../event/t.js";
import { lookup } from "../lookup.js";
import * as f from "./build.js";
import { metric } from "./define.js";
import { count, countDistinct, max, min, quantiles, sum } from "./measures.js";

const view = event("view", {
  article: t.string(),
  user: t.optional(t.string()),
  dwellMs: t.integer({ minimum: 0 }),
  small: t.integer({ minimum: -10, maximum: 10 }),
  ratio: t.number(),
  price: t.decimal(2),
  yes: t.boolean(),
  page: t.object({ url: t.string() }),
  tags: t.array(t.string()),
});
const cluster = lookup("cluster", { key: t.string(), value: t.string() });
const counted = { measures: () => ({ n: count() }) };
const all = { by: () => ({}) };

/** The message, past `metrics["m"]`. */
const refusal = (define: () => unknown): string => {
  try {
    define();
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return error.message.replace(/^metrics\["m"\]\.?/, "");
  }
  return "accepted";
};

type Options = Parameters<
  typeof metric<"m", typeof view.fields, Record<string, never>, Record<string, never>>
>[2];
const define = (options: object) => refusal(() => metric("m", view, options as Options));
type Fields = Parameters<Options["by"]>[0];

describe("a metric", () => {
  it("is plain JSON", () => {
    const { definition } = metric("m", view, {
      where: (e) => f.eq(e.yes, true),
      by: (e) => ({ url: e.page.url, day: f.truncateTime(e.time, "1d") }),
      measures: (e) => ({
        n: count({ where: f.gt(e.small, 0) }),
        users: countDistinct(e.user, { lgK: 10 }),
        sold: sum(e.price),
        least: min(e.small),
        most: max(f.add(e.small, 1)),
        dwell: quantiles(e.dwellMs),
      }),
      trend: { on: "users", prior: "url" },
      timeZone: "Europe/Berlin",
    });
    expect(JSON.parse(JSON.stringify(definition))).toEqual(definition);
    expect(definition.by.map(({ name, type }) => [name, type])).toEqual([
      ["url", "string"],
      ["day", "instant"],
    ]);
    expect(definition.measures.map(({ name, spec }) => [name, spec.kind])).toEqual([
      ["n", "count"],
      ["users", "countDistinct"],
      ["sold", "sum"],
      ["least", "min"],
      ["most", "max"],
      ["dwell", "quantiles"],
    ]);
    expect(definition).toMatchObject({
      paneMs: 60_000,
      timeZone: "Europe/Berlin",
      groupsMax: 200_000,
      trend: { on: "users", prior: "url" },
    });
  });

  it("takes arithmetic that bounds prove safe", () => {
    const accepted = metric("m", view, {
      by: (e) => ({
        branch: f.add(f.iff(e.yes, e.small, null), 1),
        clamped: f.multiply(f.coalesce(f.least(e.dwellMs, 1000), 0), 1_000_000),
        inRange: f.substring(e.article, f.greatest(f.add(e.small, 11), 1), 5),
        hour: f.divideFloor(e.dwellMs, 3_600_000),
      }),
      ...counted,
    });
    expect(accepted.definition.by).toHaveLength(4);
  });

  it("has a hash of all that decides its bytes", () => {
    const base = {
      by: (e: Fields) => ({ article: e.article }),
      measures: () => ({ n: count(), m: count() }),
    };
    const hash = (options: object, of = view): string =>
      metric("m", of, { ...base, ...options }).definition.hash;
    const variants = [
      hash({}),
      hash({ pane: "5m" }),
      hash({ timeZone: "Europe/Berlin" }),
      hash({ groupsMax: 7 }),
      hash({ where: (e: Fields) => e.yes }),
      hash({ by: (e: Fields) => ({ article: e.user }) }),
      hash({ by: (e: Fields) => ({ name: e.article }) }),
      hash({ measures: () => ({ m: count(), n: count() }) }),
      metric("m2", view, base).definition.hash,
    ];
    expect(new Set(variants).size).toBe(variants.length);
    expect(variants[0]).toBe("38faa65196739e20214ad26f25d004fd");
    expect(hash({ trend: { on: "n" } })).toBe(variants[0]);
    const longer = event("view", { ...view.fields, more: t.optional(t.string()) }, { previous: view });
    expect(hash({}, longer as never)).toBe(variants[0]);
    const changed = event("view", view.fields, {
      previous: view,
      upcast: (before) => ({ article: f.lowerAscii(before.article) }),
    });
    expect(hash({}, changed)).not.toBe(variants[0]);
    expect(hash({ by: (e: Fields) => ({ url: e.page.url }) }, changed)).toBe(
      hash({ by: (e: Fields) => ({ url: e.page.url }) }),
    );
  });

  it.each([
    [
      "a float for a key",
      { by: (e: Fields) => ({ k: e.ratio }), ...counted },
      "by.k: a float cannot be a key: equal numbers have several texts; use t.integer(), t.decimal(scale) or text",
    ],
    [
      "a sum of floats",
      { ...all, measures: (e: Fields) => ({ s: sum(e.ratio as never) }) },
      "measures.s: sum takes integer, got number; floats are not exact in every order and engine: use t.integer() or t.decimal(scale)",
    ],
    [
      "a least float",
      { ...all, measures: (e: Fields) => ({ s: min(e.ratio as never) }) },
      "measures.s: min takes integer, got number; floats are not exact in every order and engine: use t.integer() or t.decimal(scale)",
    ],
    [
      "float arithmetic",
      { by: (e: Fields) => ({ k: f.add(e.ratio as never, 1) }), ...counted },
      "by.add: add takes an integer, got a number; float arithmetic depends on its order, so engines would differ: use t.integer() or t.decimal(scale)",
    ],
    [
      "a sum past 2^53",
      { by: (e: Fields) => ({ k: f.add(e.dwellMs, 1) }), ...counted },
      "by.k: add can reach 9007199254740992, past +-(2^53 - 1), where JavaScript is no longer exact; give the fields bounds: t.integer({ minimum, maximum })",
    ],
    [
      "a product past 2^53",
      { ...all, measures: (e: Fields) => ({ s: sum(f.multiply(e.dwellMs, e.small)) }) },
      "measures.s: multiply can reach 90071992547409900, past +-(2^53 - 1), where JavaScript is no longer exact; give the fields bounds: t.integer({ minimum, maximum })",
    ],
    [
      "a substring from before the start",
      { by: (e: Fields) => ({ k: f.substring(e.article, e.small, 1) }), ...counted },
      "by.k: substring's start can be -10: engines differ outside 1 to 2^31 - 1; give the field bounds, or use greatest and least",
    ],
    [
      "a part that is not there",
      { by: (e: Fields) => ({ k: f.splitPart(e.article, "", 1) }), ...counted },
      "by.splitPart: splitPart's separator is a text that is not empty: engines differ there",
    ],
    [
      "a unit that is no part of a day",
      { by: (e: Fields) => ({ k: f.truncateTime(e.time, "7h") }), ...counted },
      'by.truncateTime: truncateTime\'s unit divides a day, such as "1m", "15m", "1h", "1d" (UTC)',
    ],
    [
      "values of two types",
      { by: (e: Fields) => ({ k: f.eq(e.article, 5 as never) }), ...counted },
      "by.eq: a comparison takes values of one type, got string and integer",
    ],
    [
      "an order of booleans",
      { by: (e: Fields) => ({ k: f.lt(e.yes as never, true as never) }), ...counted },
      "by.lt: booleans have no order",
    ],
    [
      "half a surrogate pair",
      { by: (e: Fields) => ({ k: f.eq(e.article, "\ud800") }), ...counted },
      "by.eq: a text literal has half of a surrogate pair",
    ],
    [
      "JavaScript's operators",
      { by: (e: Fields) => ({ k: ((e.small as never as number) + 1) as never }), ...counted },
      "by: JavaScript operators cannot be applied to an event's fields: the function runs once, when the metric is defined; use eq, add, concat and the like",
    ],
    [
      "a template text",
      { by: (e: Fields) => ({ k: `${e.article as never as string}!` }), ...counted },
      "by: JavaScript operators cannot be applied to an event's fields: the function runs once, when the metric is defined; use eq, add, concat and the like",
    ],
    [
      "an unknown field",
      { by: (e: Fields) => ({ k: (e as never as { artcle: never }).artcle }), ...counted },
      'by: the event has no field "artcle"; did you mean "article"?',
    ],
    [
      "an unknown inner field",
      { by: (e: Fields) => ({ k: (e.page as never as { toString: never }).toString }), ...counted },
      'by: page has no field "toString"; there are: url',
    ],
    [
      "an object for a key",
      { by: (e: Fields) => ({ k: e.page as never }), ...counted },
      "by.k: page, an object, is no single value; name one of its fields",
    ],
    [
      "an array for a key",
      { by: (e: Fields) => ({ k: e.tags as never }), ...counted },
      "by.k: tags, an array, is no single value; name one of its fields",
    ],
    [
      "nothing for a key",
      { by: () => ({ k: undefined as never }), ...counted },
      "by.k: expected a field, an expression, a text, a number or a boolean, got undefined",
    ],
    [
      "a name that is no column",
      { by: (e: Fields) => ({ "a b": e.article }), ...counted },
      'by: a dimension is named by up to 63 letters, digits or _, not beginning with a digit; got "a b"',
    ],
    [
      "names that SQL takes for one",
      { by: (e: Fields) => ({ a: e.article, A: e.article }), ...counted },
      "by: a dimension A and a differ in case only: SQL takes them for one",
    ],
    ["no measure", { ...all, measures: () => ({}) }, "measures: 1 to 64 measures, got 0"],
    [
      "a measure named score",
      { ...all, measures: () => ({ score: count() }) },
      "measures.score: the trend score has this name; give the measure another one",
    ],
    [
      "no measure for a measure",
      { ...all, measures: () => ({ n: 5 as never }) },
      "measures.n: expected a measure; use count(), countDistinct(...), sum(...), min(...), max(...) or quantiles(...)",
    ],
    [
      "a condition that is none",
      { ...all, where: (e: Fields) => e.article, ...counted },
      "where: expected boolean, got string",
    ],
    [
      "a measure's condition that is none",
      { ...all, measures: (e: Fields) => ({ n: count({ where: e.article as never }) }) },
      "measures.n.where: expected boolean, got string",
    ],
    [
      "a measure's condition past 2^53",
      { ...all, measures: (e: Fields) => ({ n: count({ where: f.gt(f.multiply(e.dwellMs, 2), 1) }) }) },
      "measures.n.where: multiply can reach 18014398509481982, past +-(2^53 - 1), where JavaScript is no longer exact; give the fields bounds: t.integer({ minimum, maximum })",
    ],
    [
      "a pane that does not divide an hour",
      { ...all, ...counted, pane: "7m" },
      "pane: a pane under an hour must divide an hour",
    ],
    [
      "a pane that is no duration",
      { ...all, ...counted, pane: "soon" },
      'pane: not a duration: "soon" (write 30s, 15m, 1h or 7d)',
    ],
    [
      "an unknown time zone",
      { ...all, ...counted, timeZone: "Berlin" },
      'timeZone: no such time zone: "Berlin"; write an IANA name, such as "Europe/Berlin"',
    ],
    [
      "too many groups",
      { ...all, ...counted, groupsMax: 1e9 },
      "groupsMax: expected an integer from 1 to 10000000, got 1000000000",
    ],
    [
      "a trend on what is no count",
      {
        ...all,
        measures: (e: Fields) => ({ views: count(), dwell: quantiles(e.dwellMs) }),
        trend: { on: "dwell" },
      },
      'trend.on: "dwell" is no count or countDistinct of this metric; there are: views',
    ],
    [
      "a trend on an unknown measure",
      { ...all, measures: () => ({ views: count() }), trend: { on: "veiws" } },
      'trend.on: "veiws" is no count or countDistinct of this metric; did you mean "views"?',
    ],
    [
      "a prior that is no dimension",
      { by: (e: Fields) => ({ article: e.article }), ...counted, trend: { on: "n", prior: "user" } },
      'trend.prior: "user" is no dimension of this metric; there are: article',
    ],
    [
      "too fine a sketch",
      { ...all, measures: (e: Fields) => ({ u: countDistinct(e.user, { lgK: 22 }) }) },
      "measures.u: countDistinct: lgK must be an integer from 4 to 21, not 22",
    ],
    [
      "too deep an expression",
      {
        by: (e: Fields) => ({
          k: Array.from({ length: 70 }).reduce<ReturnType<typeof f.trim>>(
            (inner) => f.trim(inner),
            e.article,
          ),
        }),
        ...counted,
      },
      "by.k: an expression nests at most 64 functions",
    ],
    [
      "too much SQL",
      {
        by: (e: Fields) => ({
          k: Array.from({ length: 6 }).reduce<ReturnType<typeof f.modulo>>(
            (inner) => f.divideFloor(inner, inner),
            e.small,
          ),
        }),
        ...counted,
      },
      "by.k: the expression makes more than 65536 characters of SQL; split it",
    ],
  ])("is refused with the reason for %s", (_, options, message) => {
    expect(define(options)).toBe(message);
  });
});

describe("an app", () => {
  const views = metric("views", view, { ...all, ...counted });
  const clusters = metric("clusters", view, {
    by: (e) => ({ cluster: cluster.of(f.coalesce(e.user, "")) }),
    ...counted,
  });

  it("is plain JSON", () => {
    const document = toAppDocument(
      defineApp({
        name: "news",
        events: [view],
        lookups: [cluster],
        metrics: [views, clusters],
        settings: { maxLate: "1d" },
      }),
    );
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
    expect(document.settings).toEqual({
      maxLateMs: 86_400_000,
      maxAheadMs: 3_600_000,
      eventBytesMax: 262_144,
      eventDepthMax: 32,
    });
  });

  it("is refused with the reason", () => {
    const newer = event("view", { ...view.fields, more: t.optional(t.string()) }, { previous: view });
    expect(refusal(() => defineApp({ events: [view, view], metrics: [] }))).toBe(
      'events: the event type "view" is defined twice',
    );
    expect(refusal(() => defineApp({ events: [view], metrics: [views, views] }))).toBe(
      'metrics: the metric "views" is defined twice',
    );
    expect(refusal(() => defineApp({ events: [event("veiw", {})], metrics: [views] }))).toBe(
      'metrics["views"]: the app has no event "view"; did you mean "veiw"?',
    );
    expect(refusal(() => defineApp({ events: [newer], metrics: [views] }))).toBe(
      'metrics["views"]: it is over version 1 of view, and the app has version 2; define it over the last one',
    );
    expect(refusal(() => defineApp({ events: [view], metrics: [clusters] }))).toBe(
      'metrics["clusters"]: the app has no lookup "cluster"; there are none',
    );
    expect(refusal(() => defineApp({ events: [], metrics: [], settings: { eventBytesMax: 2e6 } }))).toBe(
      "settings.eventBytesMax: expected an integer from 1 to 1000000, got 2000000",
    );
    expect(refusal(() => defineApp({ name: "a/b", events: [], metrics: [] }))).toBe(
      'name: an app is named by 1 to 100 letters, digits or _ . : - (the first no sign), got "a/b"',
    );
  });
});

describe("an event type", () => {
  it.each([
    [
      "a reserved name",
      { id: t.string() },
      'fields: "id" is reserved; `type`, `id`, `time` belong to every event; names with $ to Freshet',
    ],
    [
      "a marked name",
      { $x: t.string() },
      'fields: "$x" is reserved; `type`, `id`, `time` belong to every event; names with $ to Freshet',
    ],
    [
      "a name that objects inherit",
      { toString: t.string() },
      "fields.toString: JavaScript objects inherit this name; rename it in the replay's mapping",
    ],
    [
      "a name with a quote",
      { page: t.object({ 'a"b': t.string() }) },
      'fields.page["a\\"b"]: a field\'s name has 1 to 128 letters, digits, spaces or _ @ : . -; rename it in the replay\'s mapping',
    ],
    ["no schema", { a: 5 as never }, "fields.a: expected a schema, such as t.string()"],
    [
      "a regular expression",
      { a: { ...t.string(), type: "string", pattern: "x" } },
      "fields.a: string takes no `pattern`: regular expressions differ between engines",
    ],
    [
      "a union",
      { a: { anyOf: [] } as never },
      'fields.a: expected string, integer, decimal, number, boolean, enum, object or array, got "another schema"; use the builders of t',
    ],
    [
      "bounds upside down",
      { a: t.integer({ minimum: 2, maximum: 1 }) },
      "fields.a: `minimum` 2 is above `maximum` 1",
    ],
    [
      "a bound past 2^53",
      { a: t.integer({ maximum: 2 ** 53 }) },
      "fields.a: `maximum` is an integer within +-(2^53 - 1), got 9007199254740992",
    ],
    ["a fine scale", { a: t.decimal(16) }, "fields.a: a decimal's scale is an integer from 0 to 15, got 16"],
    [
      "a negative length",
      { a: t.array(t.string({ maxLength: -1 })) },
      "fields.a[]: `maxLength` is an integer from 0 on, got -1",
    ],
  ])("is refused with the reason for %s", (_, fields, message) => {
    expect(refusal(() => event("x", fields))).toBe(`events["x"].${message}`);
  });

  it("takes its partition key from the event alone", () => {
    expect(event("x", { u: t.string() }, { partitionKey: (e) => e.u }).definition.partitionKey).toMatchObject(
      { kind: "field", path: ["u"] },
    );
    expect(refusal(() => event("x", { u: t.string() }, { partitionKey: (e) => cluster.of(e.u) }))).toContain(
      "no lookups",
    );
    expect(refusal(() => event("x", { u: t.integer() }, { partitionKey: (e) => e.u as never }))).toBe(
      'events["x"].partitionKey: expected text, got integer; use toText',
    );
  });

  it("keeps marks of fields", () => {
    const { schema } =
      event("x", {
        email: t.optional(t.string({ pii: true, description: "where to write" })),
        price: t.decimal(2),
      }).definition.versions[0] ?? {};
    expect(schema).toEqual({
      type: "object",
      properties: { email: { type: "string", pii: true }, price: { type: "number", scale: 2 } },
      required: ["price"],
    });
  });
});
