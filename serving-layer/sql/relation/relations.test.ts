import { describe, expect, it } from "vitest";
import { count, countDistinct, event, metric, quantiles, t } from "@freshet/model";
import { relationsOf } from "./relations.js";

const view = event("view", { page: t.string(), user: t.string(), ms: t.integer(), live: t.boolean() });

const named = (name: string) =>
  metric(name, view, { by: (e) => ({ page: e.page }), measures: () => ({ n: count() }), pane: "1m" })
    .definition;

describe("relations", () => {
  it("names columns as the metric does, quantiles one by one, the seam last", () => {
    const views = metric("article-views", view, {
      by: (e) => ({ page: e.page, live: e.live }),
      measures: (e) => ({ n: count(), readers: countDistinct(e.user), dwell: quantiles(e.ms) }),
      pane: "1m",
    }).definition;
    const [first, parts, events] = relationsOf([views]);
    expect(first?.name).toBe("article_views");
    expect(first?.columns.map(({ name }) => name)).toEqual([
      "pane",
      "page",
      "live_2",
      "n",
      "readers",
      "dwell_p50",
      "dwell_p90",
      "dwell_p99",
      "settled",
      "live",
      "day",
    ]);
    expect(parts?.name).toBe("article_views_parts");
    expect(parts?.columns.map(({ name }) => name)).toEqual([
      "pane",
      "page",
      "live_2",
      "n",
      "readers",
      "dwell",
      "live",
      "day",
    ]);
    expect(events?.name).toBe("events");
  });

  it("gives no two relations one name", () => {
    const names = relationsOf(["a-b", "A_b", "a.b", "events", "a-b_parts"].map(named)).map(
      ({ name }) => name,
    );
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
    expect(names).toContain("a_b");
    expect(names).toContain("a_b_parts");
  });
});
