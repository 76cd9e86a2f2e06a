import { expect, expectTypeOf, test } from "vitest";
import {
  add,
  concat,
  count,
  countDistinct,
  defineApp,
  eq,
  event,
  type EventsOf,
  gt,
  lookup,
  metric,
  oneOf,
  quantiles,
  sum,
  t,
} from "./index.js";

// The compiler is the test: each @ts-expect-error fails the build when the line below it compiles.

const view = event("article_view", {
  article: t.string(),
  user: t.string(),
  dwellMs: t.integer({ minimum: 0 }),
});

const cluster = lookup("cluster", { key: t.string(), value: t.string() });

const visit = event("visit", {
  kind: t.enum(["push", "watch"]),
  price: t.optional(t.decimal(2)),
  ratio: t.number(),
  page: t.object({ url: t.string(), rank: t.optional(t.integer()) }),
  tags: t.array(t.string()),
  seen: t.boolean(),
});

const app = defineApp({
  events: [view, visit],
  lookups: [cluster],
  metrics: [
    metric("article-views", view, {
      by: (e) => ({ article: e.article, cluster: cluster.of(e.user) }),
      measures: (e) => ({ views: count(), readers: countDistinct(e.user), dwell: quantiles(e.dwellMs) }),
      pane: "1m",
      trend: { on: "readers" },
    }),
  ],
  replay: {
    format: "csv",
    map: (row) => ({ type: "article_view", id: row.id ?? "", time: 0, article: "a", user: "u", dwellMs: 1 }),
  },
});

test("what an app's producers may emit is typed", () => {
  type Events = EventsOf<typeof app>;
  expectTypeOf<keyof Events>().toEqualTypeOf<"article_view" | "visit">();
  const emitted: (keyof Events)[] = [];
  const emit = <Type extends keyof Events>(type: Type, _fields: Events[Type]): unknown => emitted.push(type);
  emit("article_view", { article: "a", user: "u", dwellMs: 5 });
  emit("visit", { kind: "push", ratio: 1, page: { url: "u" }, tags: [], seen: true });
  // @ts-expect-error a field is missing
  emit("article_view", { article: "a", user: "u" });
  // @ts-expect-error a field has another type
  emit("article_view", { article: "a", user: "u", dwellMs: "5" });
  // @ts-expect-error the enum has no such value
  emit("visit", { kind: "pull", ratio: 1, page: { url: "u" }, tags: [], seen: true });
  // @ts-expect-error no such event
  emit("other", {});
  expect(emitted).toHaveLength(6);
});

test("wrong definitions do not compile", () => {
  const measures = () => ({ n: count() });
  const wrong: readonly (() => unknown)[] = [
    // @ts-expect-error no such field
    () => metric("m", view, { by: (e) => ({ k: e.artcle }), measures }),
    // @ts-expect-error no such inner field
    () => metric("m", visit, { by: (e) => ({ k: e.page.link }), measures }),
    // @ts-expect-error text and a number
    () => metric("m", view, { by: (e) => ({ k: eq(e.article, 5) }), measures }),
    // @ts-expect-error a float is no integer
    () => metric("m", visit, { by: () => ({}), measures: (e) => ({ s: sum(e.ratio) }) }),
    // @ts-expect-error arithmetic takes integers
    () => metric("m", visit, { by: (e) => ({ k: add(e.ratio, 1) }), measures }),
    // @ts-expect-error text functions take text
    () => metric("m", visit, { by: (e) => ({ k: concat(e.kind, e.page.rank) }), measures }),
    // @ts-expect-error booleans have no order
    () => metric("m", visit, { by: (e) => ({ k: gt(e.seen, true) }), measures }),
    // @ts-expect-error a condition is a boolean
    () => metric("m", visit, { by: () => ({}), where: (e) => e.kind, measures }),
    // @ts-expect-error an array is no value
    () => metric("m", visit, { by: (e) => ({ k: e.tags }), measures }),
    // @ts-expect-error no such measure
    () => metric("m", view, { by: () => ({}), measures, trend: { on: "readers" } }),
    // @ts-expect-error no such dimension
    () => metric("m", view, { by: (e) => ({ a: e.article }), measures, trend: { on: "n", prior: "b" } }),
    // @ts-expect-error no duration
    () => metric("m", view, { by: () => ({}), measures, pane: "soon" }),
    // @ts-expect-error no time field of text
    () => metric("m", view, { by: (e) => ({ k: concat(e.time, "x") }), measures }),
    // @ts-expect-error a lookup's key is text
    () => metric("m", view, { by: (e) => ({ k: cluster.of(e.dwellMs) }), measures }),
    () =>
      event(
        "article_view",
        { article: t.integer() },
        {
          previous: view,
          // @ts-expect-error an upcast gives fields of the new version
          upcast: () => ({ article: "x" }),
        },
      ),
    () =>
      defineApp({
        events: [view],
        metrics: [],
        // @ts-expect-error a replay gives the app's events
        replay: { map: () => ({ type: "other", id: "1", time: 0 }) },
      }),
  ];
  for (const define of wrong) expect(define).toBeTypeOf("function");
});

test("right definitions compile", () => {
  const right = metric("m", visit, {
    where: (e) => oneOf(e.kind, ["push", "watch"]),
    by: (e) => ({ url: e.page.url, rank: e.page.rank, cents: e.price, big: gt(e.ratio, 1), day: e.time }),
    measures: (e) => ({ sold: sum(e.price), n: count({ where: eq(e.kind, "push") }) }),
    trend: { on: "n", prior: "url" },
  });
  const mapped = defineApp({
    events: [view],
    metrics: [],
    replay: {
      map: (row: { readonly deep: { readonly id: string } }) =>
        row.deep.id === ""
          ? null
          : { type: "article_view", id: row.deep.id, time: 0, article: "a", user: "u", dwellMs: 1 },
    },
  });
  const place = { row: 0, fingerprint: "f", rowId: () => "f-0", contentId: () => "c" };
  expect(right.definition.by).toHaveLength(5);
  expect(mapped.replay?.map({ deep: { id: "7" } } as never, place)).toMatchObject({ id: "7" });
});
