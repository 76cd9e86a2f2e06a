import { describe, expect, it } from "vitest";
import type { AppDocument } from "./app.js";
import { defineApp, toAppDocument } from "./define.js";
import { event } from "./event/define.js";
import { t } from "./event/t.js";
import { lookup } from "./lookup.js";
import { concat } from "./metric/build.js";
import { metric, type MetricType } from "./metric/define.js";
import { count, sum } from "./metric/measures.js";
import { ownApp, withOutgoing, withoutOutgoing } from "./outgoing.js";

const view = event("view", { page: t.string(), ms: t.integer({ maximum: 10 }) });
const region = lookup("region", { key: t.string(), value: t.string() });

const pages = (groupsMax: number, of = view): MetricType =>
  metric("pages", of, {
    by: (e) => ({ page: e.page }),
    measures: (e) => ({ views: count(), time: sum(e.ms) }),
    groupsMax,
  });
const appOf = (metrics: readonly MetricType[], events = [view], lookups = [region]): AppDocument =>
  toAppDocument(defineApp({ events, metrics, lookups }));
const hashOf = (one: MetricType): string => one.definition.hash;
const hashes = ({ metrics }: AppDocument): readonly string[] => metrics.map(({ hash }) => hash);

describe("definitions that an app changes", () => {
  it("stand behind their successors, and are no part of what its author wrote", () => {
    const next = appOf([pages(2)]);
    const app = withOutgoing(next, appOf([pages(1)]));
    expect(hashes(app)).toEqual([hashOf(pages(2)), hashOf(pages(1))]);
    expect(app.outgoing).toEqual([hashOf(pages(1))]);
    expect(ownApp(app)).toEqual(next);
  });

  it("go with the metric's name, and come back as the app's own", () => {
    const first = appOf([pages(1)]);
    expect(withOutgoing(appOf([]), first)).toEqual(appOf([]));
    const second = withOutgoing(appOf([pages(2)]), first);
    const back = withOutgoing(first, second);
    expect(hashes(back)).toEqual([hashOf(pages(1)), hashOf(pages(2))]);
    expect(back.outgoing).toEqual([hashOf(pages(2))]);
  });

  it("are at most three of a name: the oldest, of which most is counted, and the newest", () => {
    let app = appOf([pages(1)]);
    for (const groupsMax of [2, 3, 4, 5, 6]) app = withOutgoing(appOf([pages(groupsMax)]), app);
    expect(hashes(app)).toEqual([6, 5, 4, 1].map((groupsMax) => hashOf(pages(groupsMax))));
  });

  it("are left out where the events or lookups no longer give what they read", () => {
    const wider = event("view", { page: t.string(), ms: t.integer({ maximum: 99 }) });
    const anew = event(
      "view",
      { page: t.string(), ms: t.integer() },
      { previous: view, upcast: (v) => ({ page: concat("/", v.page) }) },
    );
    const renamed = event(
      "view",
      { page: t.string(), tookMs: t.integer() },
      { previous: view, upcast: (v) => ({ tookMs: v.ms }) },
    );
    const byTime = metric("pages", renamed, { by: () => ({}), measures: () => ({ views: count() }) });
    const before = appOf([pages(1)]);
    expect(withOutgoing(appOf([pages(2, wider)], [wider]), before).outgoing).toHaveLength(1);
    expect(withOutgoing(appOf([pages(2, anew)], [anew]), before).outgoing).toBeUndefined();
    const app = toAppDocument(defineApp({ events: [renamed], metrics: [byTime] }));
    expect(withOutgoing(app, before).outgoing).toBeUndefined();
    const regions = metric("pages", view, {
      by: (e) => ({ region: region.of(e.page) }),
      measures: () => ({ views: count() }),
    });
    expect(withOutgoing(appOf([pages(1)]), appOf([regions])).outgoing).toEqual([hashOf(regions)]);
    expect(withOutgoing(appOf([pages(1)], [view], []), appOf([regions])).outgoing).toBeUndefined();
  });

  it("go one by one", () => {
    const app = withOutgoing(appOf([pages(3)]), withOutgoing(appOf([pages(2)]), appOf([pages(1)])));
    const less = withoutOutgoing(app, new Set([hashOf(pages(2))]));
    expect(hashes(less)).toEqual([hashOf(pages(3)), hashOf(pages(1))]);
    expect(less.outgoing).toEqual([hashOf(pages(1))]);
    expect(withoutOutgoing(less, new Set([hashOf(pages(1))]))).toEqual(appOf([pages(3)]));
  });
});
