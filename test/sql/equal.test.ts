import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  count,
  countDistinct,
  defineApp,
  event,
  max,
  metric,
  min,
  quantiles,
  sum,
  t,
  toAppDocument,
} from "@freshet/model";
import { createSqlDesk, type Reader, type SqlDesk } from "@freshet/serving-layer";
import { afterEach, describe, expect, it } from "vitest";
import { type Line, openLine } from "../attacks/line.js";

/* What SQL says equals what the reader answers, pane by pane, key by key and over all of them, on both sides of the cut. */

const root = join(import.meta.dirname, "..", "..");
const BUILT = pathToFileURL(join(root, "serving-layer", "dist", "sql", "process", "main.js"));
const MINUTE = 60_000;
const DAY = 86_400_000;
/** The night in which Berlin puts its clocks on lies within. */
const T0 = Date.UTC(2026, 2, 28, 21, 0);
const EVENTS = 400;

const view = event("view", {
  page: t.string(),
  user: t.string(),
  ms: t.optional(t.integer()),
  paid: t.boolean(),
  level: t.optional(t.integer()),
});
const measures = (e: { user: never; ms: never }) => ({
  views: count(),
  readers: countDistinct(e.user),
  total: sum(e.ms),
  least: min(e.ms),
  most: max(e.ms),
  dwell: quantiles(e.ms),
});
const app = toAppDocument(
  defineApp({
    name: "sql",
    events: [view],
    metrics: [
      metric("by-page", view, {
        by: (e) => ({ page: e.page, level: e.level, paid: e.paid }),
        measures: measures as never,
        pane: "1h",
      }),
      metric("by-day", view, {
        by: (e) => ({ page: e.page }),
        measures: measures as never,
        pane: "1d",
        timeZone: "Europe/Berlin",
      }),
    ],
  }),
);

const dice = (seed: number) => {
  let state = seed >>> 0;
  return (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

let line: Line;
let desk: SqlDesk;
let reader: Reader;
afterEach(async () => {
  await desk.close();
  await reader.close();
  await line.close();
});

const rows = async (sql: string): Promise<Record<string, unknown>[]> => {
  const outcome = await desk.ask({ sql, format: "json", limit: 100_000 });
  if (outcome.kind !== "answered") throw new Error(`${sql}: ${JSON.stringify(outcome)}`);
  const { file, columns, dispose } = outcome.answer;
  const found = JSON.parse(await readFile(file, "utf8")) as unknown[][];
  await dispose();
  return found.map((row) => Object.fromEntries(row.map((value, at) => [columns[at]?.name as string, value])));
};

const VALUES = "views, readers, total, least, most, dwell_p50, dwell_p90, dwell_p99";
const MERGED = `sum(views) AS views, distinct_merged(readers) AS readers, sum(total) AS total, min(least) AS least,
  max(most) AS most, quantile_merged(dwell, 0.5) AS dwell_p50, quantile_merged(dwell, 0.9) AS dwell_p90, quantile_merged(dwell, 0.99) AS dwell_p99`;

const flat = ({ key, values }: { key: object; values: Readonly<Record<string, unknown>> }) => {
  const { dwell, ...plain } = values;
  const quantile = dwell as Readonly<Record<string, unknown>>;
  return {
    ...key,
    ...plain,
    dwell_p50: quantile["p50"],
    dwell_p90: quantile["p90"],
    dwell_p99: quantile["p99"],
  };
};

const sorted = (list: readonly object[]): readonly string[] =>
  list
    .map((each) =>
      JSON.stringify(Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))),
    )
    .sort();

const topOf = async (name: string, endMs: number, window: string) => {
  const answer = await reader.top(name, {
    at: new Date(endMs).toISOString(),
    window,
    by: "views",
    limit: 10_000,
  });
  return sorted(answer.rows.map(flat));
};

/** How many rows of each sort were compared. */
const compare = async () => {
  const seen = { rows: 0, live: 0, settled: 0, neither: 0 };
  const hours = await rows(`SELECT pane, page, level, paid, ${VALUES}, settled, live FROM by_page`);
  const panes = [...new Set(hours.map(({ pane }) => pane as string))];
  for (const pane of panes) {
    const mine = hours.filter((row) => row["pane"] === pane);
    const end = Date.parse(pane) + 60 * MINUTE;
    expect(sorted(mine.map(({ pane: _pane, settled: _settled, live: _live, ...row }) => row))).toEqual(
      await topOf("by-page", end - 1, "1h"),
    );
    for (const { page, level, paid, settled, live } of mine) {
      seen.rows++;
      if (live) seen.live++;
      else if (settled) seen.settled++;
      else seen.neither++;
      const key = {
        page: String(page),
        level: level === null ? null : JSON.stringify(level),
        paid: String(paid),
      };
      const series = await reader.series("by-page", {
        key,
        from: pane,
        to: new Date(end).toISOString(),
        step: "1h",
      });
      expect(series.points[0]?.status === "settled", `${pane} ${JSON.stringify(key)}`).toBe(settled);
      if (live) expect(series.points[0]?.status).not.toBe("settled");
    }
  }
  const all = await rows(`SELECT page, level, paid, ${MERGED} FROM by_page_parts GROUP BY ALL`);
  const ends = Math.max(...panes.map((pane) => Date.parse(pane))) + 60 * MINUTE;
  expect(sorted(all)).toEqual(await topOf("by-page", ends - 1, "30d"));
  const days = await rows(`SELECT page, ${VALUES} FROM by_day WHERE pane = (SELECT max(pane) FROM by_day)`);
  const [last] = await rows("SELECT max(pane) AS pane, count(DISTINCT pane) AS panes FROM by_day");
  expect(sorted(days)).toEqual(await topOf("by-day", Date.parse(last?.["pane"] as string) + 1, "1d"));
  const [pages] = await rows(
    `SELECT (SELECT count(*) FROM by_page) AS rows, (SELECT sum(views) FROM by_page) AS views, (SELECT sum(views) FROM by_day) AS days`,
  );
  expect(pages?.["rows"]).toBe(hours.length);
  expect(pages?.["days"]).toBe(pages?.["views"]);
  return seen;
};

describe("SQL (needs the workspace built)", () => {
  it.each([1, 2])(
    "says what the reader answers, whatever came before and after the cut (seed %i)",
    async (seed) => {
      line = await openLine({ shards: 2, app });
      const next = dice(seed);
      const shards = await line.open();
      let arrival = T0 + 2 * DAY;
      let made = 0;
      const send = async (amount: number): Promise<void> => {
        for (let index = 0; index < amount; index++) {
          arrival += next(3_000);
          const shard = shards[next(shards.length)] as (typeof shards)[number];
          const level = next(3);
          await line.append(shard, arrival, [
            {
              type: "view",
              id: `e${made++}`,
              time: new Date(T0 + next(2 * DAY)).toISOString(),
              page: `page ${next(4)} 'ü`,
              user: `user ${next(60)}`,
              paid: next(2) === 0,
              ...(next(5) === 0 ? {} : { ms: next(100_000) - 20_000 }),
              ...(level === 0 ? {} : { level }),
            },
          ]);
        }
        arrival += 3_000;
        await line.beat(arrival);
        await line.beat((arrival += 3_000));
      };
      const now = () => arrival;
      await send(EVENTS);
      await line.settle();
      reader = await line.reader(now);
      desk = createSqlDesk({
        reader,
        lake: line.data.lake,
        log: line.data.log.identity.id,
        newId: randomUUID,
        now: () => performance.now(),
        threads: 1,
        entry: BUILT,
      });
      const first = await compare();
      expect(first.settled).toBeGreaterThan(20);
      await send(60);
      await line.fold();
      const version = reader.version();
      for (let tries = 0; tries < 400 && reader.version() === version; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
      const second = await compare();
      expect(second.live).toBeGreaterThan(20);
      expect(second.settled).toBeGreaterThan(20);

      const [landed] = await rows(
        "SELECT count(*) AS n, count(DISTINCT id) AS ids, min(time) AS first, bool_and(reason IS NULL) AS fine FROM events WHERE arrival_hour >= TIMESTAMP '2026-03-01' AND (body ->> '$.page') LIKE 'page%'",
      );
      expect(landed).toMatchObject({ n: EVENTS, ids: EVENTS, fine: true });
    },
  );
});
