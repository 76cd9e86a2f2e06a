import { setImmediate as nextTurn } from "node:timers/promises";
import {
  count,
  countWindows,
  type DurationMs,
  decodeParts,
  encodeKey,
  type EpochMs,
  event,
  expectationOf,
  type GroupKey,
  type GroupMember,
  groupPrior,
  type KeyBaseline,
  measureFor,
  metric,
  slotOf,
  t,
  TREND_WIDTHS_MS,
  type TimeRange,
} from "@freshet/model";
import { expect, test } from "vitest";
import { openWorld, type World } from "../../testing/world.js";
import { createQueryTurns } from "../settled/queryTurns.js";
import { createTurns } from "../turns.js";
import { createReadExpectations } from "./readExpectations.js";

const startTurns = createTurns(3, () => performance.now(), nextTurn);

const HOUR = 3_600_000;
const ZONE = "Europe/Berlin";
/** A Monday in winter. */
const FROM = Date.UTC(2026, 0, 5) as EpochMs;
const TO = (FROM + 15 * 24 * HOUR) as EpochMs;

const view = event("view", { article: t.string(), cluster: t.string() });
const views = metric("views", view, {
  by: (e) => ({ article: e.article, cluster: e.cluster }),
  measures: () => ({ views: count() }),
  timeZone: ZONE,
  trend: { on: "views", prior: "cluster" },
});
const { definition } = views;
const served = { definition, measures: definition.measures.map(({ spec }) => measureFor(spec)) };

interface CountedWindow {
  readonly key: GroupKey;
  readonly widthMs: DurationMs;
  readonly startMs: EpochMs;
  readonly x: number;
}

/** A rhythm of the day, a burst, and a key that is young. */
const history = (): CountedWindow[] => {
  const windows: CountedWindow[] = [];
  const keys: readonly (readonly [string, string, number])[] = [
    ["a", "sport", FROM],
    ["b", "sport", FROM],
    ["c", "arts", FROM],
    ["young", "arts", TO - 30 * HOUR],
  ];
  for (const widthMs of TREND_WIDTHS_MS) {
    for (const [index, [article, cluster, bornMs]] of keys.entries()) {
      for (let startMs = FROM as number; startMs < TO; startMs += widthMs) {
        const hour = Math.floor(startMs / HOUR) % 24;
        const x =
          startMs < bornMs ? 0 : ((hour * (index + 2) + startMs / widthMs) % 7) + (hour === 18 ? 20 : 0);
        if (x > 0)
          windows.push({ key: encodeKey([article, cluster]), widthMs, startMs: startMs as EpochMs, x });
      }
    }
  }
  return windows;
};

const baselineOf = (windows: readonly CountedWindow[]): KeyBaseline => {
  const slots = new Map<number, { s: number; q: number }>();
  for (const { startMs, x } of windows) {
    const slot = slotOf(startMs, ZONE);
    const { s, q } = slots.get(slot) ?? { s: 0, q: 0 };
    slots.set(slot, { s: s + x, q: q + x * x });
  }
  const ordered = [...slots].sort(([a], [b]) => a - b);
  return {
    slots: ordered.map(([slot]) => slot),
    s: ordered.map(([, { s }]) => s),
    q: ordered.map(([, { q }]) => q),
  };
};

const writeTrend = async (world: World, windows: readonly CountedWindow[]) => {
  const write = async (path: string, columns: string, rows: readonly (readonly (string | number)[])[]) => {
    await world.duckdb.run(`CREATE OR REPLACE TABLE written (${columns})`);
    const names = columns.split(",").map((column) => column.trim().split(" ")[0] as string);
    await world.duckdb.insertRows("written", names, rows);
    const file = await world.data.lake.scratch("parquet");
    await world.duckdb.run(`COPY written TO '${file}' (FORMAT parquet)`);
    await world.data.lake.publish(file, path);
  };
  const groups = new Map<string, CountedWindow[]>();
  for (const window of windows) {
    const name = `${window.widthMs} ${window.key}`;
    groups.set(name, [...(groups.get(name) ?? []), window]);
  }
  const baseline = [...groups.values()].flatMap((of) => {
    const { slots, s, q } = baselineOf(of);
    const [first] = of as [CountedWindow];
    return slots.map((slot, at) => [
      ...(decodeParts(first.key) as string[]),
      first.widthMs,
      slot,
      s[at] ?? 0,
      q[at] ?? 0,
    ]);
  });
  await write(
    "trend/baseline.parquet",
    "k_article VARCHAR, k_cluster VARCHAR, width_ms BIGINT, slot INTEGER, s BIGINT, q BIGINT",
    baseline,
  );
  const days = new Map<string, CountedWindow[]>();
  for (const window of windows) {
    const day = new Date(window.startMs).toISOString().slice(0, 10);
    days.set(day, [...(days.get(day) ?? []), window]);
  }
  const files = [];
  for (const [day, of] of days) {
    const path = `trend/windows-${day}.parquet`;
    const rows = of.map(({ key, widthMs, startMs, x }) => [
      widthMs,
      startMs,
      ...(decodeParts(key) as string[]),
      x,
    ]);
    await write(path, "width_ms BIGINT, start BIGINT, k_article VARCHAR, k_cluster VARCHAR, x BIGINT", rows);
    files.push({ path, day, rows: of.length });
  }
  return {
    on: "views",
    fromMs: FROM,
    toExclusiveMs: TO,
    baseline: "trend/baseline.parquet",
    windows: files,
    members: [],
  };
};

/** The same from plain arrays: the windows that overlap what is asked about are left out, of key and counts. */
const oracle = (
  windows: readonly CountedWindow[],
  key: GroupKey,
  widthMs: DurationMs,
  asked: TimeRange,
  window: TimeRange,
) => {
  const memberOf = (of: GroupKey, spared: boolean): GroupMember => {
    const own = windows.filter((each) => each.key === of && each.widthMs === widthMs);
    const overlaps = (startMs: number): boolean =>
      startMs < asked.toExclusiveMs && startMs + widthMs > asked.fromMs;
    const bornMs = Math.min(...own.map(({ startMs }) => startMs)) as EpochMs;
    const counts =
      own.length === 0 ? countWindows(TO, TO, widthMs, ZONE) : countWindows(bornMs, TO, widthMs, ZONE);
    if (!spared) return { baseline: baselineOf(own), counts };
    const perSlot = [...counts.perSlot];
    for (let startMs = FROM as number; startMs < TO; startMs += widthMs) {
      const slot = slotOf(startMs as EpochMs, ZONE);
      if (overlaps(startMs) && startMs >= bornMs) perSlot[slot] = (perSlot[slot] ?? 0) - 1;
    }
    const less = {
      ...counts,
      perSlot,
      perHour: counts.perHour.map((_, hour) =>
        perSlot.filter((__, slot) => slot % 24 === hour).reduce((a, b) => a + b, 0),
      ),
      total: perSlot.reduce((a, b) => a + b, 0),
    };
    return { baseline: baselineOf(own.filter(({ startMs }) => !overlaps(startMs))), counts: less };
  };
  const cluster = decodeParts(key)[1];
  const group = [...new Set(windows.map((each) => each.key))].filter(
    (each) => decodeParts(each)[1] === cluster,
  );
  const prior = groupPrior(group.map((each) => memberOf(each, false)));
  const { baseline, counts } = memberOf(key, true);
  return expectationOf(baseline, counts, prior, slotOf(window.fromMs, ZONE));
};

test("expects of a key what its history says without the time that is asked about", async () => {
  const world = await openWorld(1);
  const windows = history();
  const trend = await writeTrend(world, windows);
  const queries = await createQueryTurns(world.duckdb);
  const read = createReadExpectations(queries.withConnection, world.data.lake, startTurns);
  const manifest = {
    generation: 1,
    metrics: { [definition.hash]: { name: "views", files: [], trend } },
  } as never;
  let compared = 0;
  for (const endMs of [TO - 3 * HOUR + 420_000, TO - 40 * HOUR, TO + HOUR / 2, FROM + 7 * 24 * HOUR]) {
    const asked: TimeRange = { fromMs: (endMs - HOUR) as EpochMs, toExclusiveMs: endMs as EpochMs };
    const { of, missing } = await read.read(manifest, served, asked);
    expect(missing).toEqual([]);
    for (const widthMs of TREND_WIDTHS_MS) {
      const window = { fromMs: (endMs - widthMs) as EpochMs, toExclusiveMs: endMs as EpochMs };
      for (const article of ["a", "b", "c", "young", "unseen"]) {
        const key = encodeKey([article, article === "c" || article === "young" ? "arts" : "sport"]);
        const wanted = oracle(windows, key, widthMs, asked, window);
        const found = of(key, widthMs, window);
        expect(found.lambda).toBeCloseTo(wanted.lambda, 9);
        expect(found.alpha).toBeCloseTo(wanted.alpha, 9);
        if (found.lambda > 1) compared++;
      }
    }
  }
  expect(compared).toBeGreaterThan(15);
  await queries.close();
});

test("expects the same whatever order a baseline's rows are in", async () => {
  const widthMs = TREND_WIDTHS_MS[1] as DurationMs;
  // More keys than a prior is measured on, no two of the same rhythm.
  const windows = Array.from({ length: 1_500 }, (_, article) =>
    [0, 5, 24, 30, 50].map((hour, index) => ({
      key: encodeKey([`article ${article}`, "sport"]),
      widthMs,
      startMs: (FROM + hour * HOUR) as EpochMs,
      x: 3 + ((article * (index + 7)) % (97 + index)),
    })),
  ).flat();
  const asked = { fromMs: TO, toExclusiveMs: (TO + HOUR) as EpochMs };
  const found = [];
  for (const ordered of [windows, windows.toReversed()]) {
    const world = await openWorld(1);
    const trend = await writeTrend(world, ordered);
    const queries = await createQueryTurns(world.duckdb);
    const read = createReadExpectations(queries.withConnection, world.data.lake, startTurns);
    const manifest = {
      generation: 1,
      metrics: { [definition.hash]: { name: "views", files: [], trend } },
    } as never;
    const { of, missing } = await read.read(manifest, served, asked);
    expect(missing).toEqual([]);
    found.push(of(encodeKey(["new", "sport"]), widthMs, asked));
    await queries.close();
  }
  expect(found[0]).toEqual(found[1]);
  expect(found[0]?.alpha).not.toBe(0.5);
});

test("expects nothing in particular without a generation, and names one that cannot be read", async () => {
  const world = await openWorld(1);
  const queries = await createQueryTurns(world.duckdb);
  const read = createReadExpectations(queries.withConnection, world.data.lake, startTurns);
  const asked = { fromMs: FROM, toExclusiveMs: TO };
  const none = await read.read(null, served, asked);
  expect([
    none.missing,
    none.of(encodeKey(["a", "b"]), TREND_WIDTHS_MS[0] as DurationMs, asked).lambda,
  ]).toEqual([[], 0]);
  const trend = {
    on: "views",
    fromMs: FROM,
    toExclusiveMs: TO,
    baseline: "trend/gone.parquet",
    windows: [],
    members: [],
  };
  const manifest = {
    generation: 7,
    metrics: { [definition.hash]: { name: "views", files: [], trend } },
  } as never;
  expect((await read.read(manifest, served, asked)).missing).toMatchObject([{ kind: "generation" }]);
  await queries.close();
});
