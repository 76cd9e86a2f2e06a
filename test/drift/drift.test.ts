import {
  type AppDocument,
  count,
  countDistinct,
  defineApp,
  event,
  type GenerationManifest,
  metric,
  type ShardId,
  sum,
  t,
  toAppDocument,
} from "@freshet/model";
import { apiPlugin, type Books, openBooks } from "@freshet/serving-layer";
import { createRandom } from "@freshet/simulators";
import Fastify from "fastify";
import { revertTo } from "@freshet/batch-layer";
import { afterEach, describe, expect, it } from "vitest";
import { HORIZON_MS, type Line, openLine } from "../attacks/line.js";
import { MINUTE_MS, T0 } from "../attacks/views.js";

const view = event("view", { page: t.string(), user: t.string(), ms: t.integer() });
const appOf = (groupsMax: number): AppDocument =>
  toAppDocument(
    defineApp({
      name: "drift",
      events: [view],
      metrics: [
        metric("by-page", view, {
          by: (e) => ({ page: e.page }),
          measures: (e) => ({ views: count(), time: sum(e.ms), readers: countDistinct(e.user) }),
          pane: "1m",
          groupsMax,
        }),
      ],
    }),
  );

const viewOf = (id: string, timeMs: number, page: string, more: object = {}): object => ({
  type: "view",
  id,
  time: new Date(timeMs).toISOString(),
  page,
  user: `of ${page}`,
  ms: 10,
  ...more,
});

let line: Line;
let books: Books | null = null;
afterEach(async () => {
  await books?.close();
  books = null;
  await line.close();
});

const open = async (groupsMax = 1000): Promise<readonly ShardId[]> => {
  line = await openLine({ shards: 2, app: appOf(groupsMax) });
  books = await openBooks({ data: line.data, duckdb: line.duckdb, now: Date.now });
  return line.open();
};

/** Finishes all that came before, and settles it. */
const settle = async (atMs: number, options: { rebuild?: boolean } = {}): Promise<GenerationManifest> => {
  await line.beat(atMs + 1_000);
  await line.beat(atMs + 3_000);
  return line.settle(options);
};

const driftOf = (from = T0 - 60 * MINUTE_MS) =>
  books!.drift("by-page", { from: String(from), to: String(T0 + 60 * MINUTE_MS) });

const get = async (url: string) => {
  const reader = await line.reader();
  const app = Fastify();
  await app.register(apiPlugin(reader, { books: books! }));
  try {
    const { statusCode, body, headers } = await app.inject({ url });
    return { status: statusCode, body, headers };
  } finally {
    await app.close();
    await reader.close();
  }
};

describe("drift of the whole line", () => {
  it("is named by its cause, pane by pane, in states too", async () => {
    const [a, b] = (await open()) as [ShardId, ShardId];
    const far = T0 + HORIZON_MS + 5_000;
    await line.append(a, T0, [viewOf("1", T0, "p"), viewOf("2", T0, "p"), viewOf("3", T0, "q")]);
    await line.append(a, T0 + 1_000, [viewOf("1", T0, "p")]);
    await line.append(b, T0 + 2_000, [viewOf("2", T0, "p")]);
    await line.append(a, far, [viewOf("1", T0, "p"), viewOf("3", T0, "q", { user: "z", ms: 15 })]);
    await line.append(a, far + 1_000, [viewOf("4", far, "p")]);
    await settle(far + 1_000);
    const { total, panes, since, share, unread } = await driftOf();
    expect({ since, share, unread, panes: panes.length }).toEqual({
      since: 1,
      share: 1,
      unread: [],
      panes: 1,
    });
    expect(total).toEqual({
      late: 0,
      unknown: 0,
      groups: {
        compared: 2,
        differing: 2,
        causes: { far_duplicate: 1, cross_shard_duplicate: 1, conflict: 1 },
      },
      measures: [
        {
          kind: "amount",
          measure: "views",
          live: 7,
          settled: 4,
          drift: 3,
          causes: { far_duplicate: 1, cross_shard_duplicate: 1, conflict: 1 },
        },
        {
          kind: "amount",
          measure: "time",
          live: 75,
          settled: 40,
          drift: 35,
          causes: { far_duplicate: 10, cross_shard_duplicate: 10, conflict: 15 },
        },
        { kind: "states", measure: "readers", compared: 2, differing: 1, causes: { conflict: 1 } },
      ],
    });
  });

  it("is overflow where live had no name for a group, and adds to nothing", async () => {
    const [a] = (await open(2)) as [ShardId];
    await line.append(
      a,
      T0,
      ["p", "q", "r", "s", "p"].map((page, index) => viewOf(`${index}`, T0, page)),
    );
    await settle(T0);
    const { total } = await driftOf();
    expect(total.groups).toEqual({ compared: 4, differing: 2, causes: { overflow: 2 } });
    expect(total.measures[0]).toMatchObject({ live: 5, settled: 5, drift: 0, causes: {} });
  });

  it("is none for a late event, which is said to be late", async () => {
    const [a] = (await open()) as [ShardId];
    await line.append(a, T0, [viewOf("1", T0, "p")]);
    await settle(T0 + 5 * MINUTE_MS);
    await line.append(a, T0 + 6 * MINUTE_MS, [viewOf("2", T0, "p")]);
    await settle(T0 + 6 * MINUTE_MS);
    const { total, panes } = await driftOf();
    expect(panes).toHaveLength(1);
    expect(total).toMatchObject({ late: 1, groups: { compared: 2, differing: 0, causes: {} } });
    expect(total.measures[0]).toMatchObject({ live: 2, settled: 2, drift: 0 });
  });

  it.each([11, 12, 13])(
    "is zero everywhere where no copy is far, whatever the pieces (seed %i)",
    async (seed) => {
      const random = createRandom(seed);
      await open();
      let atMs = T0;
      let ids = 0;
      let copies = 0;
      for (let round = 0; round < 4; round++) {
        for (let step = 0; step < 15; step++) {
          atMs += random.integer(3_000);
          for (const shard of await line.open()) {
            const made = Array.from({ length: random.integer(4) }, () => {
              const late = random.integer(5) === 0 ? random.integer(3_000_000) : 0;
              return viewOf(`${ids++}`, atMs - late, `page ${random.integer(6)}`, {
                user: `${random.integer(9)}`,
              });
            });
            const again = made.slice(0, random.integer(2));
            copies += again.length;
            await line.append(shard, atMs, [...made, ...again]);
          }
        }
        if (round === 1) {
          const [first] = await line.data.log.shards();
          const { first: from, last } = first!.hashRange;
          await line.data.log.split(first!.id, (from + last) / 2n);
        }
        const manifest = await settle(atMs);
        if (round === 2) await revertTo({ data: line.data, generation: manifest.parent! });
      }
      await line.settle({ rebuild: true });
      expect(copies).toBeGreaterThan(10);
      const { total } = await driftOf();
      expect(total.groups.compared).toBeGreaterThan(50);
      expect(total.groups).toMatchObject({ differing: 0, causes: {} });
      for (const measure of total.measures) expect(measure).toMatchObject({ causes: {} });
      const { hours } = await books!.ledger({ from: String(T0 - MINUTE_MS), to: String(atMs + MINUTE_MS) });
      expect(hours.every(({ live, settled }) => live.balances && settled.balances)).toBe(true);
      expect(hours.map(({ pending }) => pending)).toEqual(hours.map(() => 0));
    },
  );
});

describe("the books by HTTP", () => {
  it("answer drift, the ledger by hour and generations, and say what cannot be asked", async () => {
    const [a, b] = (await open()) as [ShardId, ShardId];
    expect(JSON.parse((await get("/v1/generations")).body)).toEqual({ standing: null, generations: [] });
    expect(JSON.parse((await get("/v1/runs")).body)).toEqual({ runs: [] });
    expect(JSON.parse((await get("/v1/metrics/by-page/drift")).body)).toMatchObject({
      generation: null,
      since: null,
      panes: [],
    });
    await line.append(a, T0, [viewOf("1", T0, "p"), viewOf("1", T0, "p")]);
    await line.append(b, T0 + 1_000, [viewOf("1", T0, "p")]);
    await line.appendTexts(b, T0 + 1_000, ["{"]);
    await settle(T0 + 1_000);
    await line.append(a, T0 + 61 * MINUTE_MS, [viewOf("2", T0, "p")]);
    await line.fold();
    const range = `from=${T0}&to=${T0 + 120 * MINUTE_MS}`;
    expect(JSON.parse((await get(`/v1/ledger?${range}`)).body)).toMatchObject({
      step: "1h",
      generation: 1,
      since: 1,
      hours: [
        {
          time: "2026-03-01T00:00:00.000Z",
          live: { events: 4, accepted: 2, duplicates: 1, rejected: { malformed: 1 }, balances: true },
          settled: {
            events: 4,
            accepted: 1,
            duplicates: 2,
            conflicts: 0,
            rejected: { malformed: 1 },
            balances: true,
          },
          pending: 0,
        },
        {
          time: "2026-03-01T01:00:00.000Z",
          live: { events: 1, accepted: 1, balances: true },
          settled: { events: 0 },
          pending: 1,
        },
      ],
    });
    const day = JSON.parse((await get(`/v1/ledger?${range}&step=1d`)).body) as { hours: unknown[] };
    expect(day.hours).toHaveLength(1);
    expect(JSON.parse((await get("/v1/generations")).body)).toMatchObject({
      standing: 1,
      generations: [{ generation: 1, stands: true, parent: null, metrics: ["by-page"], disagreements: 0 }],
    });
    expect((await get("/metrics")).body).toContain(
      'freshet_drift_groups{metric="by-page",cause="cross_shard_duplicate"} 1',
    );
    const asked = await get(`/v1/metrics/by-page/drift?${range}`);
    expect(JSON.parse(asked.body)).toMatchObject({
      total: { groups: { causes: { cross_shard_duplicate: 1 } } },
    });
    expect(asked.headers["etag"]).toBeDefined();
    for (const [url, status] of [
      ["/v1/metrics/by-pag/drift", 404],
      ["/v1/metrics/by-page/drift?from=x", 400],
      ["/v1/metrics/by-page/drift?from=0&to=9999999999999", 400],
      ["/v1/metrics/by-page/drift?since=1", 400],
      ["/v1/ledger?step=90s", 400],
      ["/v1/ledger?step=5m", 400],
      ["/v1/ledger?from=0&to=253402300799999", 400],
      ["/v1/ledger?from=5&to=4", 400],
      ["/v1/generations?x=1", 400],
    ] as const)
      expect([url, (await get(url)).status]).toEqual([url, status]);
  });

  it("say that the generation cannot be read where its files are gone", async () => {
    const [a] = (await open()) as [ShardId];
    await line.append(a, T0, [viewOf("1", T0, "p")]);
    const manifest = await settle(T0);
    for (const path of manifest.reconciliation!.drift) await line.data.lake.remove(path);
    const answer = await get("/v1/metrics/by-page/drift");
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.body)).toMatchObject({ type: "/problems/generation-unreadable" });
    expect((await get("/metrics")).status).toBe(200);
  });
});
