import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AppDocument, EpochMs, Schedule, SegmentRecord, Tick } from "@freshet/model";
import {
  type DataDirectory,
  type DuckDb,
  heartbeatRecord,
  openDataDirectory,
  openDuckDb,
} from "@freshet/storage";
import { pino } from "pino";
import { createLanding, LANDING_SETTINGS } from "../landing/landing.js";
import { type BatchOptions, type BatchResult, runBatch } from "../run/runBatch.js";
import { createDice, type Dice } from "./random.js";
import { recordSpeed } from "./speedTwin.js";
import { createVisits, type VisitSource } from "./visits.js";

export const quiet = pino({ level: "silent" });
/** The evening before a day of 23 hours in Berlin. */
const START_MS = Date.parse("2026-03-28T20:00:00Z");
const LATER = Number.MAX_SAFE_INTEGER as Tick;

export const scheduleOf = (
  ...apps: readonly { readonly app: AppDocument; readonly fromMs?: number }[]
): Schedule => ({
  revisions: apps.map(({ app, fromMs }, index) => ({
    revision: index + 1,
    fromTick: (fromMs === undefined ? -1 : Math.floor(fromMs / 1000)) as Tick,
    app,
  })),
  lookups: [],
  knownThrough: LATER,
});

/** A data directory with a log that visits are put into, speed's records by plain arrays, landing and batch for real. */
export interface World {
  /** Where all of it lies; the data directory is `data` below it. */
  readonly dir: string;
  readonly data: DataDirectory;
  readonly duckdb: DuckDb;
  readonly dice: Dice;
  readonly visits: VisitSource;
  readonly schedule: Schedule;
  nowMs: number;
  publishApps(schedule: Schedule): Promise<void>;
  /** Appends events; some meet the wrong shard, arrival stamps are not in order. */
  emit(events: number): Promise<void>;
  heartbeats(): Promise<void>;
  splitOrMerge(): Promise<void>;
  /** Speed records what the log holds. */
  record(leftOut?: (record: SegmentRecord) => boolean): Promise<readonly SegmentRecord[]>;
  /** Lands what the log holds; a crash publishes rows and forgets how far it came. */
  land(options?: { readonly crash?: boolean; readonly looks?: number }): Promise<void>;
  batch(options?: Partial<BatchOptions>): Promise<BatchResult>;
  close(): Promise<void>;
}

export const createWorld = async (seed: number, first: Schedule): Promise<World> => {
  const dir = mkdtempSync(join(tmpdir(), "freshet-batch-"));
  const data = await openDataDirectory(join(dir, "data"), {
    create: { shards: 2, segmentMs: 1000, segmentEventsMax: 5, dedupeHorizonMs: 8000 },
  });
  const duckdb = await openDuckDb({ memoryMb: 200, threads: 2, tempDir: join(dir, "tmp") });
  const dice = createDice(seed);
  const world: World = {
    dir,
    data,
    duckdb,
    dice,
    schedule: first,
    nowMs: START_MS,
    visits: createVisits(dice, () => world.schedule.revisions.length > 1 && dice.chance(0.5)),
    async publishApps(schedule) {
      Object.assign(world, { schedule });
      const stored = await data.records.get("schedule");
      await data.records.replace("schedule", stored?.revision ?? 0, schedule);
    },
    async emit(events) {
      for (let made = 0; made < events; made++) {
        world.nowMs += dice.chance(0.02) ? dice.below(900_000) : dice.below(700);
        const { bytes, id } = world.visits.next(world.nowMs);
        const entry = {
          partitionKey: id,
          data: bytes,
          arrivalMs: (world.nowMs - (dice.chance(0.2) ? dice.below(2500) : 0)) as EpochMs,
        };
        const elsewhere = dice.chance(0.05) ? { explicitHashKey: BigInt(dice.below(2 ** 30)) << 98n } : {};
        await data.log.append([{ ...entry, ...elsewhere }]);
      }
    },
    async heartbeats() {
      world.nowMs += 1000;
      const shards = (await data.log.shards()).filter(({ closed }) => !closed);
      await data.log.append(
        shards.map(({ hashRange }) => ({
          partitionKey: "",
          data: heartbeatRecord(),
          explicitHashKey: hashRange.first,
          arrivalMs: world.nowMs as EpochMs,
        })),
      );
    },
    async splitOrMerge() {
      const open = (await data.log.shards()).filter(({ closed }) => !closed);
      if (open.length > 3) {
        const sorted = open.toSorted((a, b) => (a.hashRange.first < b.hashRange.first ? -1 : 1));
        const at = dice.below(sorted.length - 1);
        await data.log.merge(sorted[at]!.id, sorted[at + 1]!.id);
        return;
      }
      const { id, hashRange } = dice.pick(open);
      await data.log.split(id, (hashRange.first + hashRange.last) / 2n);
    },
    record: (leftOut) => recordSpeed(data.log, data.increments, world.schedule, leftOut),
    async land({ crash = false, looks = Number.POSITIVE_INFINITY } = {}) {
      const settings = {
        ...LANDING_SETTINGS,
        pendingRowsMax: 40 + dice.below(200),
        readRecordsMax: 1 + dice.below(100),
      };
      const crashing = {
        ...data,
        records: {
          ...data.records,
          replace: async (name: string, expected: number, value: unknown) => {
            if (crash && name.startsWith("landing/")) throw new Error("crashed before it was remembered");
            return data.records.replace(name, expected, value);
          },
        },
      };
      const db = await duckdb.connect();
      try {
        const landing = await createLanding(crashing, db, quiet, settings);
        for (let look = 0; look < looks; look++) {
          const { moved, complete } = await landing.look();
          if (landing.full) await landing.publish();
          else if (complete && !moved) break;
        }
        await landing.publish();
      } catch (error) {
        if (!crash) throw error;
      } finally {
        await db.close();
      }
    },
    batch: (options = {}) => runBatch({ data, duckdb, logger: quiet, now: () => world.nowMs, ...options }),
    async close() {
      await duckdb.close();
      await data.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  await world.publishApps(first);
  return world;
};
