import { type Schedule, SCHEDULE, type SegmentRecord, type ShardId, type Tip } from "@freshet/model";
import type { IncrementStore, Lake } from "@freshet/storage";
import { describe, expect, it } from "vitest";
import type { SpeedReport } from "../report.js";
import { publishApp } from "../schedule/publish.js";
import { createRuleBook } from "../schedule/ruleBook.js";
import { startable } from "../shard/ancestors.js";
import { loadCheckpoints } from "../shard/checkpoint.js";
import { createCrew } from "../worker/crew.js";
import { SegmentConflict } from "../worker/flush.js";
import { createDice } from "../world/dice.sim.js";
import { makeEvent, toBytes, toRecord, type WorldEvent } from "../world/events.sim.js";
import { Crash, type Faults, withFaults } from "../world/faultyStores.sim.js";
import { createMemoryLog, type MemoryLog } from "../world/memoryLog.sim.js";
import {
  createMemoryDeadLetters,
  createMemoryIncrements,
  createMemoryLake,
  createMemoryLeases,
  createMemoryRecords,
} from "../world/memoryStores.sim.js";
import { testApp } from "../world/testApp.sim.js";
import { HORIZON_TICKS, SEGMENT_MS, WORLD_SETTINGS } from "../world/world.sim.js";
import { createMappedStream } from "./mappedStream.sim.js";
import { createStreamHandler, type StreamHandler } from "./streamHandler.js";
import { createTendHandler } from "./tendHandler.js";

const STREAM = "world";
const START_MS = 1_700_000_000_000;
const STEPS = 90;
const PROCESSES = 3;
const SHARDS_MAX = 7;
const CALM_ROUNDS_MAX = 400;
const SETTINGS = { ...WORLD_SETTINGS, heartbeatAfterMs: 20_000, readRecordsMax: 5 };

interface Process {
  readonly handle: StreamHandler;
  readonly faults: Faults;
}

const newStores = () => ({
  increments: createMemoryIncrements(),
  records: createMemoryRecords(),
  lake: createMemoryLake(),
  deadLetters: createMemoryDeadLetters(),
  leases: createMemoryLeases(),
});
type MemoryStores = ReturnType<typeof newStores>;

const bytesOf = async (lake: Lake, { body }: SegmentRecord): Promise<string> => {
  const bytes =
    body.kind === "inline"
      ? body.bytes
      : await lake.get(body.path, { offset: body.offset, length: body.length });
  return Buffer.from(bytes).toString("base64");
};

/** All that is stored of a shard, the bodies by their bytes, wherever they lie. */
const contentOf = async ({ increments, lake }: MemoryStores, shard: ShardId): Promise<readonly unknown[]> =>
  Promise.all(
    increments.all(shard).map(async (record) => ({ ...record, body: await bytesOf(lake, record) })),
  );

/** The ordinary worker's stores, after it has folded the whole log by the same schedule. */
const foldByWorker = async (log: MemoryLog, schedule: Schedule, nowMs: number): Promise<MemoryStores> => {
  const stores = newStores();
  await stores.records.replace(SCHEDULE, 0, schedule);
  const crew = createCrew({
    ...stores,
    log,
    rules: createRuleBook(stores.records, stores.lake),
    settings: { ...WORLD_SETTINGS, heartbeatAfterMs: Number.POSITIVE_INFINITY },
    now: () => nowMs,
    report: () => undefined,
    writer: "worker",
    replayFrom: null,
  });
  for (let before = -1; ; ) {
    const checkpoints = await loadCheckpoints(stores.records, STREAM);
    const ended = new Set([...checkpoints.values()].filter((one) => one.ended).map(({ shard }) => shard));
    if (ended.size === before) return stores;
    before = ended.size;
    for (const shard of startable(await log.shards(), ended)) await crew.assign(shard);
    while (await crew.step());
    await crew.flush();
  }
};

/** A rule left out on purpose, to show that the test notices. */
type Mistake = (increments: IncrementStore) => IncrementStore;

const runLambdas = async (seed: number, mistake: Mistake = (increments) => increments) => {
  const dice = createDice(seed);
  let nowMs = START_MS;
  const now = (): number => nowMs;
  const log = createMemoryLog({
    shards: 2,
    segmentMs: SEGMENT_MS,
    segmentEventsMax: 6,
    horizonTicks: HORIZON_TICKS,
    now,
    step: () => 1 + dice.integer(3),
  });
  const stores = newStores();
  const reports: SpeedReport[] = [];
  const met = { crashes: 0, reshards: 0, readsOfLog: 0, timeouts: 0, changes: 0 };
  const countedLog: MemoryLog = {
    ...log,
    get open() {
      return log.open;
    },
    async read(shard, after, limit) {
      met.readsOfLog++;
      return log.read(shard, after, limit);
    },
  };
  let writers = 0;
  const report = (one: SpeedReport): void => void reports.push(one);
  const newProcess = (): Process => {
    const faulty = withFaults(stores, dice);
    const handle = createStreamHandler({
      open: async () => ({
        ...stores,
        ...faulty.stores,
        increments: mistake(faulty.stores.increments),
        log: countedLog,
      }),
      settings: SETTINGS,
      now,
      report,
      writer: `w${writers++}`,
    });
    return { handle, faults: faulty.faults };
  };
  const processes = Array.from({ length: PROCESSES }, newProcess);
  const tend = createTendHandler({
    open: async () => ({ ...stores, log }),
    settings: SETTINGS,
    now,
    report,
    writer: "tender",
  });
  const stream = createMappedStream(log, dice, STREAM);
  const usedLast = new Map<ShardId, number>();
  let calm = false;

  /** Time runs out after so many looks at the clock. */
  const contextOf = (looks: number) => {
    let left = looks;
    return { getRemainingTimeInMillis: () => (left-- > 0 ? 60_000 : 0) };
  };
  const invoke = async (event: Parameters<StreamHandler>[0], shard: ShardId) => {
    const index = dice.integer(processes.length);
    const process = processes[index] as Process;
    if (!calm && dice.chance(0.08)) process.faults.crashAfter(1 + dice.integer(9));
    const looks = !calm && dice.chance(0.15) ? 1 + dice.integer(4) : 200;
    if (usedLast.get(shard) !== index) met.changes++;
    usedLast.set(shard, index);
    try {
      const response = await process.handle(event, contextOf(looks));
      if (response.batchItemFailures.length > 0) met.timeouts++;
      return response;
    } catch (error) {
      if (!(error instanceof Crash)) throw new Error(`seed ${seed}`, { cause: error });
      met.crashes++;
      // half of the crashes take the process with them; the others are an invocation's own
      if (dice.chance(0.5)) processes[index] = newProcess();
      else process.faults.crashAfter(Number.POSITIVE_INFINITY);
      return null;
    }
  };

  await publishApp(stores.records, log, testApp(1), nowMs);
  const recent: WorldEvent[] = [];
  const produce = (): void => {
    for (let left = dice.pick([0, 1, 3, 6]); left > 0; left--) {
      const held: WorldEvent[] = [];
      for (let more = dice.pick([1, 1, 2, 3]); more > 0; more--) {
        const again = recent.length > 0 && dice.chance(0.25);
        const event = again ? dice.pick(recent.slice(-9)) : makeEvent(dice, recent.length, nowMs);
        if (!again) recent.push(event);
        held.push(event);
      }
      const stamp = nowMs + dice.pick([0, 0, 0, -900, -2_000, 800]);
      log.put(dice.pick(log.open), stamp, toRecord(held.map((event) => toBytes(event, dice))));
    }
  };
  const reshard = (): void => {
    if (log.all.size >= SHARDS_MAX) return;
    const [first, second] = log.open;
    if (first && second && dice.chance(0.4)) log.reshard([first, second], 1);
    else log.reshard([dice.pick(log.open)], 2);
    met.reshards++;
  };
  const deployAt = 20 + dice.integer(40);
  for (let step = 0; step < STEPS; step++) {
    nowMs += dice.pick([100, 300, 700, 1_500, dice.chance(0.05) ? 15_000 : 0]);
    produce();
    if (dice.chance(0.05)) reshard();
    if (step === deployAt) await publishApp(stores.records, log, testApp(2), nowMs);
    for (let left = dice.integer(4); left > 0; left--) await stream.deliver(invoke);
    if (dice.chance(0.1)) await tend({}, contextOf(200));
  }
  calm = true;
  for (const process of processes) process.faults.crashAfter(Number.POSITIVE_INFINITY);
  for (let round = 0; round < CALM_ROUNDS_MAX && (await stream.deliver(invoke)); round++) nowMs += 10;
  // the last segments of open shards are finished by control records, those of closed ones by their ends
  nowMs += 60_000;
  await tend({}, contextOf(1_000));
  for (let round = 0; round < CALM_ROUNDS_MAX && (await stream.deliver(invoke)); round++);
  return { log, stores, met, reports, mapping: stream.met, nowMs };
};

const WORLDS = 8;

describe("the speed fold behind an event source mapping", () => {
  it("stores what the worker stores, byte for byte, however batches are cut, repeated, failed and handed to processes", async () => {
    const met = { segments: 0, events: 0, duplicates: 0, rejected: 0, objects: 0, revision2: 0, ended: 0 };
    const sums: Record<string, number> = {};
    for (let seed = 1; seed <= WORLDS; seed++) {
      const world = await runLambdas(seed);
      const { log, stores, reports } = world;
      expect(
        reports.filter(({ kind }) => kind === "conflict" || kind === "gap"),
        `seed ${seed}`,
      ).toEqual([]);
      const schedule = (await stores.records.get<Schedule>(SCHEDULE))?.value as Schedule;
      const worker = await foldByWorker(log, schedule, world.nowMs);
      for (const [shard, { records, children }] of log.all) {
        const own = await contentOf(stores, shard);
        expect(own, `seed ${seed}, ${shard}`).toEqual(await contentOf(worker, shard));
        const segments = stores.increments.all(shard);
        const last = segments.at(-1);
        expect(last?.lastSequence ?? null, `seed ${seed}, ${shard}`).toBe(
          records.at(-1)?.sequence ?? last?.lastSequence ?? null,
        );
        if (children) expect(last?.children, `seed ${seed}, ${shard}`).toEqual(children);
        const tip = (await stores.increments.tips()).get(shard);
        if (!children && records.length > 0)
          expect(tip, `seed ${seed}, ${shard}`).toMatchObject({
            lastSequence: records.at(-1)?.sequence,
            atMs: records.at(-1)?.arrivalMs,
          });
        for (const { counts, revision, body, ended } of segments) {
          met.segments++;
          met.events += counts.events;
          met.duplicates += counts.duplicates;
          met.rejected += Object.values(counts.rejected).reduce((sum, one) => sum + one, 0);
          if (body.kind === "object") met.objects++;
          if (revision === 2) met.revision2++;
          if (ended) met.ended++;
        }
      }
      expect(stores.deadLetters.all, `seed ${seed}`).toEqual(worker.deadLetters.all);
      for (const [name, value] of Object.entries({ ...world.met, ...world.mapping }))
        sums[name] = (sums[name] ?? 0) + value;
    }
    for (const [name, least] of [
      ["batches", 40],
      ["crashes", 1],
      ["failed", 1],
      ["bisected", 0.5],
      ["repeated", 1],
      ["partial", 1],
      ["timeouts", 1],
      ["changes", 10],
      ["readsOfLog", 10],
      ["reshards", 1],
    ] as const)
      expect(sums[name], name).toBeGreaterThan(WORLDS * least);
    expect(met.segments).toBeGreaterThan(WORLDS * 40);
    expect(met.duplicates).toBeGreaterThan(WORLDS * 10);
    expect(met.rejected).toBeGreaterThan(WORLDS * 10);
    expect(met.objects).toBeGreaterThan(WORLDS * 5);
    expect(met.revision2).toBeGreaterThan(WORLDS * 5);
    expect(met.ended).toBeGreaterThan(WORLDS);
  }, 120_000);

  it("finds out a process that takes what it has folded itself for all that is folded", async () => {
    const ownTips: Mistake = (increments) => {
      const own = new Map<ShardId, Tip>();
      return {
        ...increments,
        async writeTip(tip) {
          await increments.writeTip(tip);
          own.set(tip.shard, tip);
        },
        tips: async () => own,
      };
    };
    const faults: string[] = [];
    for (let seed = 1; seed <= 4 && faults.length === 0; seed++) {
      const { log, stores, nowMs } = await runLambdas(seed, ownTips).catch(({ cause }: Error) => {
        if (!(cause instanceof SegmentConflict)) throw cause;
        faults.push(cause.message);
        return { log: null, stores: null, nowMs: 0 };
      });
      if (!log) continue;
      const schedule = (await stores.records.get<Schedule>(SCHEDULE))?.value as Schedule;
      const worker = await foldByWorker(log, schedule, nowMs);
      for (const shard of log.all.keys())
        if (JSON.stringify(await contentOf(stores, shard)) !== JSON.stringify(await contentOf(worker, shard)))
          faults.push(`${shard} differs`);
    }
    expect(faults.join()).toMatch(/differs|is stored as/);
  }, 120_000);
});
