import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { type App, defineApp } from "@freshet/model";
import type { Clock } from "@freshet/sdk";
import { entriesOfSpans, outcomesOf, type Records, type ShardLog, StorageError } from "@freshet/storage";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createIntake } from "../../collector/intake.js";
import { order, readLog, type TemporaryData, temporaryData } from "../../fixtures.js";
import { anOrderRow, ORDERS_START_MS, replayShop, zstdFrames } from "./fixtures.js";
import type { ReplayProgress } from "./progress.js";
import { type ReplayOptions, type ReplayReport, replayFile } from "./replayFile.js";
import type { ReplayState } from "./resume.js";

const ROWS = 2500;
const ndjson = (rows: readonly (object | string)[]): string =>
  rows.map((row) => `${typeof row === "string" ? row : JSON.stringify(row)}\n`).join("");
const orders = (count: number): ReturnType<typeof anOrderRow>[] =>
  Array.from({ length: count }, (_, n) => anOrderRow(n));
const PLAIN = Buffer.from(ndjson(orders(ROWS)));
const CSV = Buffer.from(
  `\ufeffid,at,n\r\n${orders(ROWS)
    .map(({ id, at, n }) => `"${id}",${at},${n}`)
    .join("\r\n")}\r\n`,
);
const IDS = orders(ROWS).map(({ id }) => id);

/** Time passes only by waiting. */
const idleClock = (): Clock => {
  let elapsedMs = 0;
  return {
    epochMs: () => Date.now(),
    elapsedMs: () => elapsedMs,
    after(ms, callback) {
      const waiting = setImmediate(() => {
        elapsedMs += ms;
        callback();
      });
      return () => clearImmediate(waiting);
    },
  };
};

describe("a replay", () => {
  let directory: string;
  let data: TemporaryData;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "freshet-replay-"));
  });
  afterAll(() => rmSync(directory, { recursive: true }));
  beforeEach(async () => {
    data = await temporaryData();
  });
  afterEach(() => data.remove());

  let files = 0;
  const file = (name: string, content: string | Buffer): string => {
    const path = join(directory, `${files++}-${name}`);
    writeFileSync(path, content);
    return path;
  };
  const replay = (source: string, options: Partial<ReplayOptions> = {}): Promise<ReplayReport> => {
    const log = options.log ?? data.log;
    const app = options.app ?? replayShop;
    const intake = createIntake({ log, app: app.document, now: Date.now });
    return replayFile({ source, app, intake, log, records: data.records, ...options });
  };
  const eventsIn = async (log: ShardLog = data.log): Promise<{ id: string; time: number; n: number }[]> =>
    (await readLog(log)).events.map(({ text }) => JSON.parse(text));
  const idsIn = async (): Promise<string[]> => (await eventsIn()).map(({ id }) => id);

  it.each([
    ["x.ndjson", PLAIN, "none", "ndjson"],
    ["x.ndjson.gz", gzipSync(PLAIN), "gzip", "ndjson"],
    ["misnamed.csv.zst", gzipSync(CSV), "gzip", "csv"],
    ["x.zst", zstdFrames(PLAIN, 40_000), "zstd", "ndjson"],
    ["x.csv", CSV, "none", "csv"],
    ["x", CSV, "none", "csv"],
    ["x.csv.zst", zstdFrames(CSV, 200_000), "zstd", "csv"],
  ])("sends every row of %s once (%#)", async (name, content, compression, format) => {
    const report = await replay(file(name, content));
    expect(report).toMatchObject({
      ...{ kind: "finished", compression, format: { kind: format }, resumedAfterRows: 0 },
      ...{ rows: ROWS, events: ROWS, rejected: 0, malformed: 0, unmapped: 0, leftOut: 0 },
      ...{ readBytes: content.length, totalBytes: content.length, leftMs: 0 },
    });
    const sent = (await eventsIn()).toSorted((a, b) => a.n - b.n);
    expect(sent).toEqual(
      orders(ROWS).map(({ id, at, n }) => ({
        type: "order",
        id,
        time: at,
        n,
        $bounds: [expect.any(Number), expect.any(Number)],
      })),
    );
  });

  it("reads standard input", async () => {
    const standardInput = Readable.from([gzipSync(PLAIN)]);
    expect(await replay("-", { standardInput })).toMatchObject({
      kind: "finished",
      events: ROWS,
      totalBytes: null,
      leftMs: null,
    });
    expect(new Set(await idsIn())).toEqual(new Set(IDS));
  });

  it("says how far it is", async () => {
    const told: ReplayProgress[] = [];
    const clock = { ...idleClock(), elapsedMs: () => performance.now() * 50 };
    const path = file("x.ndjson", ndjson(orders(20_000)));
    const report = await replay(path, { clock, onProgress: (progress) => told.push(progress) });
    expect(told.length).toBeGreaterThan(3);
    for (let index = 1; index < told.length; index++)
      expect(told[index]?.rows).toBeGreaterThanOrEqual(told[index - 1]?.rows as number);
    const middle = told[Math.floor(told.length / 2)] as ReplayProgress;
    expect(middle.readBytes).toBeLessThanOrEqual(middle.totalBytes as number);
    expect(middle.eventsPerSecond).toBeGreaterThan(0);
    expect(middle.leftMs).toBeGreaterThanOrEqual(0);
    expect(told.at(-1)).toMatchObject({ events: 20_000, readBytes: report.totalBytes });
  });

  it("ends with two heartbeats on each open shard, a tick apart", async () => {
    const [first] = await data.log.shards();
    if (first) await data.log.split(first.id, (first.hashRange.first + first.hashRange.last) / 2n);
    await replay(file("x.ndjson", ndjson(orders(1))));
    const open = (await data.log.shards()).filter(({ closed }) => !closed).map(({ id }) => id);
    const { heartbeats } = await readLog(data.log);
    expect(open.length).toBe(4);
    expect(heartbeats.length).toBe(open.length * 2);
    for (const shard of open) {
      const ticks = heartbeats
        .filter((one) => one.shard === shard)
        .map(({ arrivalMs }) => Math.floor(arrivalMs / data.log.identity.segmentMs));
      expect(ticks.length).toBe(2);
      expect(ticks[1]).toBeGreaterThan(ticks[0] as number);
    }
  });

  it("puts bad rows into the log as they are, and counts each as what it is", async () => {
    const rows = [
      anOrderRow(1),
      "not JSON",
      { id: "skip" },
      "[]",
      { id: "throw" },
      { ...anOrderRow(2), n: 0.5 },
      { id: "3", at: "never" },
      `"${"x".repeat(11 << 20)}"`,
    ];
    const report = await replay(file("x.ndjson", ndjson(rows)));
    expect(report).toMatchObject({ rows: 8, events: 7, rejected: 6, malformed: 3, unmapped: 1, leftOut: 1 });
    const content = await readLog(data.log);
    const texts = content.events.map(({ text }) => text);
    expect(texts).toEqual(expect.arrayContaining(["not JSON", "[]", '{"id":"throw"}']));
    expect(content.oversize).toEqual([(11 << 20) + 2]);
    expect(await replay(file("x.csv", 'id,at,n\no1,5,1\nshort,5\n"o2",5,2\n"open,5,3\n'))).toMatchObject({
      rows: 4,
      events: 4,
      rejected: 2,
      malformed: 2,
    });
    expect((await readLog(data.log)).events.map(({ text }) => text)).toEqual(
      expect.arrayContaining(["short,5", '"open,5,3']),
    );
  });

  it("stops when most rows are bad, and what it had sent stays", async () => {
    const rows = [...orders(500), ...Array.from({ length: 20_000 }, () => "bad")];
    const stopped = replay(file("x.ndjson", ndjson(rows)));
    await expect(stopped).rejects.toMatchObject({
      name: "ReplayFuseError",
      message: expect.stringContaining("rows of"),
    });
    const sent = (await readLog(data.log)).events.length;
    expect(sent).toBeGreaterThanOrEqual(1000);
    expect(sent).toBeLessThan(10_000);
    const fewBad = ndjson([...Array.from({ length: 400 }, () => "bad"), ...orders(2000)]);
    expect(await replay(file("y.ndjson", fewBad))).toMatchObject({ kind: "finished", malformed: 400 });
  });

  it("goes on exactly where it was stopped", async () => {
    const path = file("x.csv.gz", gzipSync(CSV));
    const stop = new AbortController();
    let taken = 0;
    const log: ShardLog = {
      ...data.log,
      appendSpans(spans) {
        taken += spans.count;
        if (taken >= 1000) stop.abort();
        return data.log.appendSpans(spans);
      },
    };
    const first = await replay(path, { log, signal: stop.signal });
    expect(first).toMatchObject({ kind: "interrupted" });
    expect(first.rows).toBeGreaterThanOrEqual(1000);
    expect(first.rows).toBeLessThan(ROWS);
    expect((await readLog(data.log)).heartbeats).toEqual([]);
    expect(await replay(path)).toMatchObject({
      kind: "finished",
      resumedAfterRows: first.rows,
      rows: ROWS,
      events: ROWS,
    });
    expect((await idsIn()).toSorted()).toEqual(IDS.toSorted());
    expect(await data.records.list("replay/")).toEqual([]);
  });

  it("stops while it waits for standard input", async () => {
    const stop = new AbortController();
    const standardInput = new Readable({ read() {} });
    standardInput.push(Buffer.concat([PLAIN, PLAIN, Buffer.alloc(1 << 20, "{}\n")]));
    setTimeout(() => stop.abort(), 200);
    expect(await replay("-", { standardInput, signal: stop.signal, app: lenient })).toMatchObject({
      kind: "interrupted",
    });
  });

  it("begins again when asked to, or when it had come to its end", async () => {
    const path = file("x.ndjson", PLAIN);
    await replay(path);
    expect(await replay(path)).toMatchObject({ resumedAfterRows: 0, events: ROWS });
    await expect(replay(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
    await expect(replay(path, { log: failing(data.log, 1, new Set()) })).rejects.toThrow("no space left");
    expect(await replay(path, { restart: true })).toMatchObject({ resumedAfterRows: 0, events: ROWS });
  });

  it("loses nothing, and repeats little, wherever it breaks off", async () => {
    let breaks = 0;
    let repeated = 0;
    let throttled = 0;
    const world = async (
      breakAfter: readonly number[],
      throttle: readonly number[],
      saved: number,
      csv: boolean,
    ): Promise<void> => {
      const world = await temporaryData(2);
      const path = csv ? file("x.csv.gz", gzipSync(CSV)) : file("x.ndjson", zstdFrames(PLAIN, 30_000));
      const calls = new Set(throttle);
      const slow = { ...idleClock(), elapsedMs: () => performance.now() * saved };
      let report: ReplayReport | null = null;
      for (const after of [...breakAfter, Number.POSITIVE_INFINITY]) {
        const log = failing(world.log, after, calls);
        const intake = createIntake({ log, app: replayShop.document, now: Date.now });
        try {
          report = await replayFile({
            source: path,
            app: replayShop,
            intake,
            log,
            records: crashing(world.records, log),
            clock: slow,
          });
        } catch (cause) {
          expect(String(cause)).toMatch(/no space left/);
          breaks++;
        }
      }
      expect(report).toMatchObject({ kind: "finished", rows: ROWS, events: ROWS, rejected: 0 });
      const ids = (await eventsIn(world.log)).map(({ id }) => id);
      expect(new Set(ids)).toEqual(new Set(IDS));
      repeated += ids.length - ROWS;
      throttled += throttle.length - calls.size;
      await world.remove();
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }),
        fc.constantFrom(1, 1000),
        fc.boolean(),
        world,
      ),
      { numRuns: 15, seed: 99 },
    );
    expect(breaks).toBeGreaterThan(10);
    expect(repeated).toBeGreaterThan(0);
    expect(throttled).toBeGreaterThan(3);
  });

  it("lets only one process at a time replay a file", async () => {
    const path = file("x.ndjson", ndjson(orders(30_000)));
    const both = await Promise.allSettled([replay(path), replay(path)]);
    const failed = both.filter((one) => one.status === "rejected");
    expect(failed.map(({ reason }) => String(reason))).toEqual([
      expect.stringContaining("is being replayed by another process"),
    ]);
  });

  it("sends no faster than the rate", async () => {
    const clock = idleClock();
    expect(await replay(file("x.ndjson", ndjson(orders(501))), { clock, rate: 100 })).toMatchObject({
      events: 501,
    });
    expect(clock.elapsedMs()).toBeGreaterThan(4900);
    expect(clock.elapsedMs()).toBeLessThan(5200);
  });

  it("by speed, passes event time faster, and stamps arrivals by a clock that never goes back nor ahead of now", async () => {
    const at = (seconds: number): number => ORDERS_START_MS + seconds * 1000;
    const rows = [at(0), at(100), at(50), at(200), at(500_000), Date.now() + 1e9, at(500_001)].map(
      (time, n) => ({ ...anOrderRow(n), at: time }),
    );
    const clock = idleClock();
    await replay(file("x.ndjson", ndjson(["bad", ...rows])), { clock, speed: 100 });
    const events = (await readLog(data.log)).events.map(
      ({ text, arrivalMs }) => [text === "bad" ? "bad" : JSON.parse(text).n, arrivalMs] as const,
    );
    const arrivals = new Map(events);
    expect(["bad", 0, 1, 2, 3, 4].map((n) => arrivals.get(n))).toEqual([
      0,
      at(0),
      at(100),
      at(100),
      at(200),
      at(500_000),
    ]);
    for (const n of [5, 6]) expect(Math.abs((arrivals.get(n) as number) - Date.now())).toBeLessThan(60_000);
    // 100 s and 100 s at a hundredth, then two stretches that are cut to 2 s each
    expect(clock.elapsedMs()).toBeGreaterThan(5900);
    expect(clock.elapsedMs()).toBeLessThan(6500);
  });

  it("carries the virtual clock over an interruption", async () => {
    const path = file(
      "x.ndjson",
      ndjson([...orders(1500), { ...anOrderRow(1500), at: ORDERS_START_MS }, ...orders(10)]),
    );
    await expect(replay(path, { speed: 1e9, log: failing(data.log, 1, new Set()) })).rejects.toThrow(
      "no space left",
    );
    const [record] = await data.records.list<ReplayState>("replay/");
    expect(record?.document.value).toMatchObject({
      counts: { rows: 1000 },
      virtualMs: ORDERS_START_MS + 999_000,
    });
    expect(await replay(path, { speed: 1e9 })).toMatchObject({ kind: "finished", resumedAfterRows: 1000 });
    const late = (await readLog(data.log)).events.find(({ text }) => JSON.parse(text).id === "o1500");
    expect(late?.arrivalMs).toBe(ORDERS_START_MS + 1_499_000);
  });

  it("offers ids for rows that have none: of the row, or of what it says", async () => {
    const withId = (id: "rowId" | "contentId"): App =>
      defineApp({
        events: [order],
        metrics: [],
        replay: { map: ({ n }, place) => ({ type: "order", id: place[id](), time: 0, n: Number(n) }) },
      });
    const path = file("x.csv", "n\n1\n2\n1\n");
    await replay(path, { app: withId("rowId") });
    const byRow = await idsIn();
    expect(new Set(byRow).size).toBe(3);
    await replay(path, { app: withId("rowId") });
    expect(new Set(await idsIn())).toEqual(new Set(byRow));
    await replay(file("same.csv.gz", gzipSync("n\n1\n2\n1\n")), { app: withId("rowId") });
    expect(new Set(await idsIn()).size).toBe(3);
    await replay(path, { app: withId("contentId") });
    expect(new Set(await idsIn()).size).toBe(5);
  });

  it("says what it cannot do", async () => {
    const path = file("x.ndjson", PLAIN);
    await expect(replay(join(directory, "absent.csv"))).rejects.toThrow(
      /cannot read .*absent.csv: no such file/,
    );
    await expect(replay(path, { rate: 1, speed: 1 })).rejects.toThrow("`rate` or `speed`, not both");
    await expect(replay(path, { rate: 0 })).rejects.toThrow("rate: expected a number above 0, got 0");
    await expect(replay(path, { app: defineApp({ events: [order], metrics: [] }) })).rejects.toThrow(
      "has no `replay`",
    );
    await expect(replay(file("x.ndjson.gz", gzipSync(PLAIN).subarray(0, 9000)))).rejects.toThrow(
      "broken gzip data",
    );
    expect(await replay(file("empty", ""))).toMatchObject({ kind: "finished", rows: 0, events: 0 });
  });
});

/** Takes every row for an order. */
const lenient: App = defineApp({
  events: [order],
  metrics: [],
  replay: { map: (_, place) => ({ type: "order", id: place.rowId(), time: 0, n: 0 }) },
});

/** Fails for good after so many calls, before or after it has stored; and throttles a part of the calls named. */
const failing = (
  log: ShardLog,
  callsMax: number,
  throttle: Set<number>,
): ShardLog & { readonly failed: () => boolean } => {
  let calls = 0;
  const append: ShardLog["append"] = async (entries) => {
    calls++;
    if (calls > callsMax) {
      if (calls % 2 === 0) await log.append(entries);
      throw new StorageError("full", "no space left");
    }
    if (!throttle.delete(calls)) return log.append(entries);
    const half = Math.floor(entries.length / 2);
    const rest = await log.append(entries.slice(half));
    return [...entries.slice(0, half).map(() => ({ kind: "throttled", retryAfterMs: 1 }) as const), ...rest];
  };
  return {
    ...log,
    failed: () => calls > callsMax,
    append,
    appendSpans: async (spans) => outcomesOf(await append(entriesOfSpans(spans))),
  };
};

/** As if the process were gone from the failure on: it saves nothing more. */
const crashing = (records: Records, log: { readonly failed: () => boolean }): Records => ({
  ...records,
  replace: (name, expected, value) =>
    log.failed() ? Promise.resolve(true) : records.replace(name, expected, value),
});
