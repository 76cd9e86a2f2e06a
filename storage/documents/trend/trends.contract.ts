import { count, epochMs, event, metric, quantiles, sum, t } from "@freshet/model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { trendName } from "./identity.js";
import type { TrendDocument, TrendDocuments, TrendPlace, TrendWrite } from "./port.js";
import { trendVersion } from "./version.js";

const HOUR_MS = 3_600_000;
const TO_MS = Date.parse("2026-03-10T12:00:00.000Z");
const SEED = 20_261_121;
const RUNS = 8;

const view = event("view", { page: t.optional(t.string()), bytes: t.integer() });
const viewsNamed = (name: string, variant?: "other") =>
  metric(name, view, {
    by: (e) => ({ page: e.page }),
    measures: (e) => ({
      views: count(),
      bytes: sum(e.bytes),
      sizes: quantiles(e.bytes, { probabilities: variant ? [0.5] : [0.5, 0.99, 0.999] }),
    }),
    pane: "1m",
  }).definition;
const views = viewsNamed("page-views");
const viewsOtherwise = viewsNamed("page-views", "other");

/** What the contract's documents are about. */
export const CONTRACT_METRICS = [views, viewsOtherwise, viewsNamed("page-views-daily"), viewsNamed("page")];

export const aTrend = (overrides: Partial<TrendDocument> = {}): TrendDocument => ({
  metric: "page-views",
  definition: views.hash,
  window: "1h",
  from: new Date(TO_MS - HOUR_MS).toISOString(),
  to: new Date(TO_MS).toISOString(),
  key: { page: "/home" },
  values: { views: 3 },
  score: null,
  rank: 1,
  watched: false,
  by: "views",
  status: "live",
  batchThrough: null,
  missing: [],
  ...overrides,
});

export const put = (document: TrendDocument, version: bigint): TrendWrite => ({
  kind: "put",
  name: trendName(document),
  version,
  document,
});

export const removal = (document: TrendDocument, version: bigint): TrendWrite => ({
  kind: "remove",
  name: trendName(document),
  version,
});

const PLACE: TrendPlace = { metric: "page-views", window: "1h", toMs: epochMs(TO_MS) };
const at = (toMs: number): TrendPlace => ({ ...PLACE, toMs: epochMs(toMs) });
const page = (name: string, views: number): TrendDocument =>
  aTrend({ key: { page: name }, values: { views } });

const shuffled = <T>(all: readonly T[], order: readonly number[]): readonly T[] =>
  all
    .map((one, index) => ({ one, place: order[index % order.length] ?? 0, index }))
    .sort((a, b) => a.place - b.place || a.index - b.index)
    .map(({ one }) => one);

interface Expiry {
  /** Who drops old windows: the store, by its own clock, or who calls `expire`. */
  readonly expiry: "called" | "own";
}

/** What every store of trend documents must do. */
export const trendsContract = (
  name: string,
  open: () => Promise<TrendDocuments>,
  { expiry }: Expiry = { expiry: "called" },
): void => {
  const pagesIn = async (store: TrendDocuments, place = PLACE): Promise<Readonly<Record<string, unknown>>> =>
    Object.fromEntries(
      (await store.list(place)).map(({ document }) => [
        String(document.key["page"]),
        document.values["views"],
      ]),
    );

  describe(`${name} keep the trend documents' contract`, () => {
    it("give back a document as it was put", async () => {
      const store = await open();
      const documents = [
        aTrend({ key: { page: "ключ 🙂 \u0000 it's" }, score: 1.25, rank: 2 }),
        aTrend({ key: { page: null }, rank: null, watched: true }),
        aTrend({ key: { page: "__proto__" }, values: { bytes: "123456789012345678901234567890" } }),
        aTrend({
          key: { page: "large" },
          values: { views: 1, sizes: { p50: 1.5, "p99.9": null, p99: 7 } },
          status: "partial",
          batchThrough: "2026-03-10T11:00:00.000Z",
          missing: [{ kind: "stale_tip", shard: "shardId-0", lastSeen: null }],
        }),
      ];
      const report = await store.write(documents.map((document) => put(document, 7n)));
      expect(report).toEqual({ written: 4, superseded: 0, refused: [] });
      const found = await store.list(PLACE);
      const byKey = (a: TrendDocument, b: TrendDocument) =>
        JSON.stringify(a.key) < JSON.stringify(b.key) ? -1 : 1;
      expect(found.map(({ document }) => document).sort(byKey)).toEqual([...documents].sort(byKey));
      for (const { name: stored, document } of found) expect(stored).toEqual(trendName(document));
    });

    it("tell two contents apart by their digest, and one content never", async () => {
      const store = await open();
      const digests: string[] = [];
      for (const [index, views] of [1, 2, 1].entries()) {
        await store.write([put(page("a", views), BigInt(index + 1))]);
        digests.push((await store.list(PLACE)).map(({ digest }) => digest).join());
      }
      expect(digests[0]).toBe(digests[2]);
      expect(digests[0]).not.toBe(digests[1]);
    });

    it("keep the later version, whichever is written first, and count the other as superseded", async () => {
      const store = await open();
      await store.write([put(page("a", 2), trendVersion(1, 9))]);
      expect(await store.write([put(page("a", 1), trendVersion(1, 8))])).toMatchObject({ superseded: 1 });
      expect(await store.write([put(page("a", 3), trendVersion(1, 9))])).toMatchObject({ superseded: 1 });
      expect(await pagesIn(store)).toEqual({ a: 2 });
      expect(await store.write([put(page("a", 4), trendVersion(2, 1))])).toMatchObject({ written: 1 });
      expect(await pagesIn(store)).toEqual({ a: 4 });
    });

    it("tell versions past 2^53 apart", async () => {
      const store = await open();
      const version = trendVersion(2 ** 31 - 1, 2 ** 32 - 2);
      await store.write([put(page("a", 1), version)]);
      expect(await store.write([put(page("a", 2), version - 1n)])).toMatchObject({ superseded: 1 });
      expect(await store.write([put(page("a", 3), version + 1n)])).toMatchObject({ written: 1 });
      expect(await pagesIn(store)).toEqual({ a: 3 });
    });

    it("do not bring back a removed document for an earlier write", async () => {
      const store = await open();
      await store.write([put(page("a", 1), 1n), put(page("b", 1), 1n)]);
      expect(await store.write([removal(page("a", 1), 5n), removal(page("c", 1), 5n)])).toMatchObject({
        written: 2,
      });
      await store.write([put(page("a", 2), 4n), put(page("c", 2), 4n)]);
      expect(await pagesIn(store)).toEqual({ b: 1 });
      await store.write([put(page("a", 3), 6n)]);
      expect(await pagesIn(store)).toEqual({ a: 3, b: 1 });
      expect(await store.write([removal(page("b", 1), 1n)])).toMatchObject({ superseded: 1 });
      expect(await pagesIn(store)).toEqual({ a: 3, b: 1 });
    });

    it("list one place, in all its definitions", async () => {
      const store = await open();
      const others = [
        aTrend({ metric: "page-views-daily" }),
        aTrend({ window: "15m" }),
        aTrend({ to: new Date(TO_MS + 1).toISOString() }),
        aTrend({ metric: "page" }),
      ];
      const mine = [page("a", 1), { ...page("b", 2), definition: viewsOtherwise.hash }];
      await store.write([...mine, ...others].map((document) => put(document, 1n)));
      expect(await pagesIn(store)).toEqual({ a: 1, b: 2 });
      expect((await store.list(PLACE)).map(({ name: stored }) => stored.definition).sort()).toEqual(
        mine.map(({ definition }) => definition).sort(),
      );
      expect(await store.list({ ...PLACE, metric: "nothing" })).toEqual([]);
    });

    it("drop windows that ended long ago, and no others", async () => {
      const store = await open();
      const days = [0, 1, 2, 3].map((day) => TO_MS + day * 24 * HOUR_MS);
      const documents = days.map((to) => aTrend({ to: new Date(to).toISOString() }));
      await store.write(documents.map((document) => put(document, 1n)));
      const endMs = Date.parse("2026-03-12T00:00:00.000Z");
      await store.expire(epochMs(endMs));
      const left = await Promise.all(days.map(async (to) => (await store.list(at(to))).length));
      expect(left).toEqual(expiry === "own" ? [1, 1, 1, 1] : [0, 0, 1, 1]);
    });

    it(`end equal for writes in any order, some twice (seed ${SEED})`, async () => {
      const met = { removed: 0, superseded: 0 };
      const writesOf = fc.array(
        fc.record({ key: fc.nat(5), kind: fc.constantFrom("put", "put", "remove") }),
        { minLength: 20, maxLength: 40 },
      );
      const ordersOf = fc.array(fc.nat(1_000), { minLength: 60, maxLength: 60 });
      let world = 0;
      await fc.assert(
        fc.asyncProperty(writesOf, ordersOf, async (asked, order) => {
          const store = await open();
          const place = at(TO_MS + world++ * HOUR_MS);
          const expected = new Map<string, number>();
          const writes = asked.map(({ key, kind }, index) => {
            const document = { ...page(`page ${key}`, index), to: new Date(place.toMs).toISOString() };
            if (kind === "put") expected.set(`page ${key}`, index);
            else expected.delete(`page ${key}`);
            const version = BigInt(index + 1);
            return kind === "put" ? put(document, version) : removal(document, version);
          });
          const twice = writes.filter((_, index) => index % 3 === 0);
          for (const one of shuffled([...writes, ...twice], order)) {
            const report = await store.write([one]);
            met.superseded += report.superseded;
            expect(report.written + report.superseded).toBe(1);
          }
          met.removed += asked.filter(({ kind }) => kind === "remove").length;
          expect(await pagesIn(store, place)).toEqual(Object.fromEntries(expected));
        }),
        { seed: SEED, numRuns: RUNS },
      );
      expect(met.removed).toBeGreaterThan(20);
      expect(met.superseded).toBeGreaterThan(50);
    });
  });
};
