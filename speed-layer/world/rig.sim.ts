import type { AppDocument, SegmentRecord, ShardId } from "@freshet/model";
import { heartbeatRecord } from "@freshet/storage";
import type { SpeedReport } from "../report.js";
import { advanceKnownThrough, publishApp, tickOf } from "../schedule/publish.js";
import { createRuleBook } from "../schedule/ruleBook.js";
import { DEFAULT_SETTINGS, type SpeedSettings } from "../settings.js";
import type { ReplayFrom } from "../shard/replay.js";
import { type Crew, createCrew } from "../worker/crew.js";
import { toRecord } from "./events.sim.js";
import { createMemoryLog, type MemoryLog } from "./memoryLog.sim.js";
import {
  createMemoryDeadLetters,
  createMemoryIncrements,
  createMemoryLake,
  createMemoryRecords,
  type MemoryDeadLetters,
  type MemoryIncrements,
} from "./memoryStores.sim.js";
import { testApp } from "./testApp.sim.js";

export const RIG_START_MS = 1_700_000_000_000;

/** One crew over stores in memory, step by step, for tests of one thing. */
export interface Rig {
  readonly log: MemoryLog;
  /** What crews from now on write to. */
  increments: MemoryIncrements;
  readonly deadLetters: MemoryDeadLetters;
  readonly lake: ReturnType<typeof createMemoryLake>;
  readonly records: ReturnType<typeof createMemoryRecords>;
  readonly reports: SpeedReport[];
  nowMs: number;
  /** A new crew with all startable shards, as after a restart. */
  crew(settings?: Partial<SpeedSettings>, replayFrom?: ReplayFrom): Promise<Crew>;
  /** Puts events that arrive now into a shard, as one record. */
  put(shard: ShardId, ...events: readonly Record<string, unknown>[]): void;
  heartbeat(shard: ShardId): void;
  stored(shard: ShardId): readonly SegmentRecord[];
}

export const createRig = async (shards = 1, app: AppDocument = testApp(1)): Promise<Rig> => {
  const log = createMemoryLog({
    shards,
    segmentMs: 1_000,
    segmentEventsMax: 1_000,
    horizonTicks: 10,
    now: () => rig.nowMs,
    step: () => 10,
  });
  const records = createMemoryRecords();
  const lake = createMemoryLake();
  const deadLetters = createMemoryDeadLetters();
  const reports: SpeedReport[] = [];
  let writers = 0;
  let made = 0;
  const rig: Rig = {
    log,
    increments: createMemoryIncrements(),
    deadLetters,
    lake,
    records,
    reports,
    nowMs: RIG_START_MS,
    async crew(settings = {}, replayFrom) {
      const crew = createCrew({
        log,
        increments: rig.increments,
        records,
        lake,
        deadLetters,
        rules: createRuleBook(records, lake),
        settings: { ...DEFAULT_SETTINGS, flushAfterMs: 1, ...settings },
        now: () => rig.nowMs,
        report: (report) => reports.push(report),
        writer: `w${writers++}`,
        replayFrom: replayFrom ?? null,
      });
      for (const shard of await log.shards()) await crew.assign(shard);
      return crew;
    },
    put(shard, ...events) {
      const lines = events.map((event) =>
        JSON.stringify({
          type: "hit",
          id: `e${made++}`,
          time: rig.nowMs,
          page: "/",
          user: "u",
          amount: 1,
          ...event,
        }),
      );
      log.put(shard, rig.nowMs, toRecord(lines));
    },
    heartbeat: (shard) => void log.put(shard, rig.nowMs, heartbeatRecord()),
    stored: (shard) => rig.increments.all(shard),
  };
  await publishApp(records, log, app, RIG_START_MS);
  await advanceKnownThrough(records, tickOf(RIG_START_MS + 3_600_000, log));
  return rig;
};

/** Steps until nothing more is to be read, then flushes. */
export const settle = async (crew: Crew): Promise<void> => {
  while (await crew.step());
  await crew.flush();
};
