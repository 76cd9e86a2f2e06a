import { epochMs } from "@freshet/model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type BulkFault,
  type OpenSearchScript,
  startOpenSearchDouble,
} from "../../testing/openSearch/openSearchDouble.js";
import { bulkWithoutPauses, openTestCluster } from "../../testing/openSearch/testCluster.js";
import { trendId } from "../trend/identity.js";
import { aTrend, CONTRACT_METRICS, put, removal, trendsContract } from "../trend/trends.contract.js";
import { trendVersion } from "../trend/version.js";
import { BULK_LIMITS } from "./bulk.js";
import { createOpenSearchTrends } from "./openSearchTrends.js";
import { BULK_PATIENCE } from "./sendBulk.js";

const SEED = 20_261_121;
const PLACE = { metric: "page-views", window: "1h", toMs: epochMs(Date.parse(aTrend().to)) };

const open = async (script: OpenSearchScript = {}, operationsMax = BULK_LIMITS.operationsMax) => {
  const double = await startOpenSearchDouble(script);
  const pausesMs: number[] = [];
  const trends = createOpenSearchTrends({
    cluster: openTestCluster(double.endpoint),
    prefix: "test",
    bulk: { ...bulkWithoutPauses(pausesMs), limits: { ...BULK_LIMITS, operationsMax } },
    now: Date.now,
  });
  await trends.prepare(CONTRACT_METRICS);
  return { double, trends, pausesMs };
};
const page = (name: string, views = 1) => aTrend({ key: { page: name }, values: { views } });
const pages = (count: number) => Array.from({ length: count }, (_, at) => page(`page ${at}`));
const puts = (count: number, version = 1n) => pages(count).map((document) => put(document, version));
const everySecond = (at: number): boolean => at % 2 === 0;
const once = (fault: BulkFault) => (request: number) => (request === 0 ? fault : null);

trendsContract("the trends in the scripted OpenSearch", async () => (await open()).trends);

describe("trends in OpenSearch", () => {
  it("S5: a document's id follows from its key and window, within 512 bytes", () => {
    const long = aTrend({ key: { page: "ключ".repeat(10_000) } });
    expect(Buffer.byteLength(trendId(long))).toBe(43);
    expect(trendId(long)).toBe(trendId({ ...long, values: { views: 9 }, rank: 7, status: "settled" }));
    const others = [
      { ...long, key: { page: null } },
      { ...long, window: "2h" },
      { ...long, to: long.from },
      { ...long, metric: "other" },
      { ...long, definition: "other" },
    ];
    expect(new Set([long, ...others].map(trendId)).size).toBe(6);
  });

  it("S5: looks at each item of an answer that is 200, and sends again only those without room, ever later", async () => {
    const { double, trends, pausesMs } = await open({
      bulkFault: (request) =>
        request < 3 ? { kind: "itemsThrottled", isRefused: request < 2 ? everySecond : () => true } : null,
    });
    expect(await trends.write(puts(16))).toEqual({ written: 16, superseded: 0, refused: [] });
    expect(double.bulks.map(({ items }) => items)).toEqual([16, 8, 4, 4]);
    expect(pausesMs).toEqual([100, 200, 400]);
    expect(await trends.list(PLACE)).toHaveLength(16);
  });

  it("S5: backs off a cluster that takes nothing, and says in the end what it did not take", async () => {
    const { double, trends, pausesMs } = await open({ bulkFault: () => ({ kind: "throttled" }) });
    await expect(trends.write(puts(3))).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringMatching(/3 of 3 were not taken in 6 attempts.*429/),
    });
    expect(double.bulks).toHaveLength(BULK_PATIENCE.attemptsMax);
    expect(pausesMs).toEqual([100, 200, 400, 800, 1600]);
  });

  it("S5: takes a version conflict for done: also the echo of a write whose answer was lost", async () => {
    const { double, trends } = await open({ bulkFault: once({ kind: "lost" }) });
    expect(await trends.write(puts(5))).toEqual({ written: 0, superseded: 5, refused: [] });
    expect(double.bulks).toHaveLength(2);
    expect(await trends.list(PLACE)).toHaveLength(5);
  });

  it("S5: refuses what no mapping takes by itself, and writes the rest", async () => {
    const { double, trends } = await open({
      refuses: ({ key }) => JSON.stringify(key) === '{"page":"page 3"}',
    });
    const report = await trends.write(puts(6));
    expect(report).toMatchObject({ written: 5, superseded: 0 });
    expect(report.refused).toEqual([
      {
        name: expect.objectContaining({ id: trendId(page("page 3")) }),
        reason: expect.stringMatching(/^400 mapper_parsing_exception: .*; illegal_argument_exception/),
      },
    ]);
    expect(double.bulks).toHaveLength(1);
  });

  it("S5: sends again what an answer says nothing of", async () => {
    const { trends } = await open({ bulkFault: once({ kind: "silent", about: everySecond }) });
    const report = await trends.write(puts(6));
    expect(report.written + report.superseded).toBe(6);
    expect(await trends.list(PLACE)).toHaveLength(6);
  });

  it("S5: halves a request that is too large, down to the one document that is", async () => {
    const { trends } = await open({ requestBytesMax: 2_000 });
    const large = page("x".repeat(2_000));
    const report = await trends.write([...puts(10), put(large, 1n)]);
    expect(report).toMatchObject({ written: 10 });
    expect(report.refused.map(({ name }) => name.id)).toEqual([trendId(large)]);
  });

  it("S6: an index follows from the metric, its definition and the day in which the window ends, never from the clock", async () => {
    const { double, trends } = await open();
    const [mine, other] = CONTRACT_METRICS.map(({ hash }) => hash) as [string, string];
    const midnight = "2026-03-11T00:00:00.000Z";
    await trends.write([
      put(aTrend(), 1n),
      put(aTrend({ to: midnight }), 1n),
      put(aTrend({ to: "2026-03-11T00:01:00.000Z" }), 1n),
      put(aTrend({ definition: other }), 1n),
      put(aTrend({ metric: "A:b--C-" }), 1n),
    ]);
    expect(new Map([...double.indices].map(([index, documents]) => [index, documents.size]))).toEqual(
      new Map([
        [`test-trends-page-views--${mine.slice(0, 8)}--2026.03.10`, 2],
        [`test-trends-page-views--${mine.slice(0, 8)}--2026.03.11`, 1],
        [`test-trends-page-views--${other.slice(0, 8)}--2026.03.10`, 1],
        [`test-trends-a-b-c--${mine.slice(0, 8)}--2026.03.10`, 1],
      ]),
    );
    expect([...double.templates.keys()]).toContain(`test-trends-page-views--${mine.slice(0, 8)}`);
  });

  it("S6: written again on another day, a document is still one", async () => {
    const { double, trends } = await open();
    await trends.write([put(page("a", 1), 1n)]);
    await trends.write([put(page("a", 2), 2n)]);
    expect([...double.indices.values()].map((documents) => documents.size)).toEqual([1]);
  });

  it("expires its own indices alone", async () => {
    const { double, trends } = await open();
    await trends.write(puts(1));
    const others = [
      "test-trends-x--01234567--not-a-day",
      "test-trends-mine",
      "test-trends-x--0123--2020.01.01",
      "other-test-trends-x--01234567--2020.01.01",
    ];
    for (const index of others) double.indices.set(index, new Map());
    await trends.expire(epochMs(Date.parse("2030-01-01T00:00:00Z")));
    expect([...double.indices.keys()]).toEqual(others);
  });

  it.each([
    [401, "unreadable", /credentials/],
    [403, "unreadable", /access policy/],
    [503, "unavailable", /tried again/],
  ])("says what to do of %i", async (status, kind, message) => {
    const { trends } = await open({
      answers: (path) => (path.endsWith("_search") ? { status, body: { error: "no" } } : null),
    });
    await expect(trends.list(PLACE)).rejects.toMatchObject({ kind, message: expect.stringMatching(message) });
  });

  it("says where nobody answers", async () => {
    const { trends, double } = await open();
    const gone = createOpenSearchTrends({
      cluster: openTestCluster(double.endpoint.replace(/\d+$/, "1")),
      prefix: "test",
      bulk: bulkWithoutPauses(),
      now: Date.now,
    });
    await expect(gone.write(puts(1))).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringMatching(/ECONNREFUSED.*check the endpoint/),
    });
    expect(await trends.list(PLACE)).toEqual([]);
  });

  it(`ends as a plain map does, whatever goes wrong on the way (seed ${SEED})`, async () => {
    const met = { throttled: 0, itemsThrottled: 0, lost: 0, silent: 0, superseded: 0, removed: 0 };
    const faultOf = fc.constantFrom<BulkFault | null>(
      null,
      null,
      { kind: "throttled" },
      { kind: "itemsThrottled", isRefused: everySecond },
      { kind: "lost" },
      { kind: "silent", about: everySecond },
    );
    const writeOf = fc.record({
      key: fc.nat(9),
      remove: fc.boolean(),
      version: fc.integer({ min: 1, max: 99 }),
    });
    const worldOf = fc.record({
      faults: fc.array(faultOf, { minLength: 200, maxLength: 200 }),
      batches: fc.array(fc.array(writeOf, { minLength: 1, maxLength: 12 }), { minLength: 5, maxLength: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(worldOf, async ({ faults, batches }) => {
        const { double, trends } = await open({ bulkFault: (request) => faults[request] ?? null }, 5);
        const expected = new Map<string, { readonly order: number; readonly views: number | null }>();
        for (const [index, batch] of batches.entries()) {
          const writes = batch.map(({ key, remove, version }, at) => {
            const views = index * 100 + at;
            const document = page(`page ${key}`, views);
            const standing = expected.get(`page ${key}`);
            const order = version * 10_000 + views;
            if (!standing || standing.order < order)
              expected.set(`page ${key}`, { order, views: remove ? null : views });
            // A writer never gives one version to two contents.
            const full = trendVersion(version, 1 + views);
            return remove ? removal(document, full) : put(document, full);
          });
          const again = async (): Promise<void> => {
            try {
              met.superseded += (await trends.write(writes)).superseded;
            } catch (error) {
              expect(error).toMatchObject({ kind: "unavailable" });
              await again();
            }
          };
          await again();
        }
        for (const { fault } of double.bulks) if (fault) met[fault as "lost"] += 1;
        const standing = [...expected].filter(([, { views }]) => views !== null);
        met.removed += expected.size - standing.length;
        const found = (await trends.list(PLACE)).map(({ document }) => [
          document.key["page"],
          document.values["views"],
        ]);
        expect(new Map(found as [string, number][])).toEqual(
          new Map(standing.map(([key, { views }]) => [key, views])),
        );
      }),
      { seed: SEED, numRuns: 25 },
    );
    for (const [what, count] of Object.entries(met))
      expect([what, count]).toEqual([what, expect.toSatisfy((n: number) => n > 20)]);
  });
});
