import type { SequenceNumber, ShardId, Tick } from "@freshet/model";
import { afterEach, describe, expect, it } from "vitest";
import { firstApp } from "../testing/apps.js";
import { readPlainly } from "../testing/plainRecount.js";
import { createWorld, quiet, scheduleOf, type World } from "../testing/world.js";
import { filesToCompact } from "./compact.js";
import { hourOfRawPath, rawPath } from "./rawLake.js";
import { startLanding } from "./startLanding.js";

let world: World | null = null;
afterEach(async () => {
  await world?.close();
  world = null;
});

interface Row {
  readonly shard: ShardId;
  readonly sequence: SequenceNumber;
  readonly subsequence: number;
  readonly kind: string;
  readonly body: string | null;
  readonly reason: string | null;
  readonly hour: number;
}

const rawRows = async ({ data, duckdb }: World): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  for (const path of await data.lake.list("raw/")) {
    const file = await data.lake.local(path);
    const found = await duckdb.rows<Omit<Row, "hour">>(
      `SELECT * FROM read_parquet('${file}', hive_partitioning = false)`,
    );
    rows.push(...found.map((row) => ({ ...row, hour: hourOfRawPath(path)! })));
  }
  return rows;
};

const positions = (rows: readonly Row[]): readonly string[] =>
  [...new Set(rows.map(({ shard, sequence, subsequence }) => `${shard} ${sequence} ${subsequence}`))].sort();

describe("landing", () => {
  it.each([1, 2])(
    "lands every record, through splits and crashes, in the hour of its tick (seed %i)",
    async (seed) => {
      world = await createWorld(seed, scheduleOf({ app: firstApp }));
      for (let round = 0; round < 4; round++) {
        await world.emit(80);
        await world.heartbeats();
        await world.splitOrMerge();
        await world.land({ crash: true });
        await world.land({ looks: 3 });
      }
      await world.land();
      const rows = await rawRows(world);
      const expected: string[] = [];
      const hours = new Map<string, number>();
      const verdicts = new Map<string, string | null>();
      for (const { segments } of await readPlainly(world.data.log, world.schedule)) {
        for (const { shard, key, records, events } of segments) {
          for (const { sequence } of records) {
            expected.push(`${shard} ${sequence} 0`);
            hours.set(`${shard} ${sequence}`, Math.floor(key.tick / 3600));
          }
          for (const { sequence, reason } of events) {
            verdicts.set(`${shard} ${sequence}`, reason === "time_out_of_bounds" ? null : reason);
          }
        }
      }
      expect(positions(rows)).toEqual(expected.sort());
      expect(rows.length).toBeGreaterThan(expected.length);
      for (const { shard, sequence, hour, kind, reason } of rows) {
        expect(hour).toBe(hours.get(`${shard} ${sequence}`));
        if (kind === "event") expect(reason).toBe(verdicts.get(`${shard} ${sequence}`));
      }
    },
  );

  it("waits at the first tick whose revision is not known yet", async () => {
    world = await createWorld(3, scheduleOf({ app: firstApp }));
    await world.emit(30);
    const shards = await readPlainly(world.data.log, world.schedule);
    const through = (shards[0]!.segments[3]!.key.tick - 1) as Tick;
    await world.publishApps({ ...world.schedule, knownThrough: through });
    await world.land({ looks: 20 });
    const known = shards.flatMap(({ segments }) => segments).filter(({ key }) => key.tick <= through);
    expect(positions(await rawRows(world))).toHaveLength(
      known.reduce((sum, { records }) => sum + records.length, 0),
    );
    await world.publishApps({ ...world.schedule, knownThrough: Number.MAX_SAFE_INTEGER as Tick });
    await world.land();
    expect(positions(await rawRows(world))).toHaveLength(30);
  });

  it("runs until it is stopped, publishes on demand, and refuses a second one", async () => {
    world = await createWorld(4, scheduleOf({ app: firstApp }));
    const { data, duckdb } = world;
    const options = { data, duckdb, logger: quiet, settings: { flushAfterMs: 60_000, pollAfterMs: 5 } };
    await world.emit(20);
    const landing = await startLanding(options);
    await landing.caughtUp();
    expect(positions(await rawRows(world))).toHaveLength(20);
    const second = await startLanding(options);
    await world.emit(5);
    await landing.caughtUp();
    await world.emit(5);
    await expect(second.caughtUp()).rejects.toThrow("moved by another process");
    expect((await second.failed).message).toContain("stop one of the two");
    await landing.flush();
    await landing.stop();
    expect(positions(await rawRows(world))).toHaveLength(30);
    await expect(landing.caughtUp()).rejects.toThrow("stopped");
  });
});

describe("raw paths", () => {
  it("name their hour", () => {
    const path = rawPath(497_000, "0000012" as SequenceNumber, 7);
    expect(path).toBe("raw/hour=2026091208/12-7.parquet");
    expect(hourOfRawPath(path)).toBe(497_000);
    expect(hourOfRawPath("raw/elsewhere/12-7.parquet")).toBeNull();
  });
});

describe("filesToCompact", () => {
  const files = (...rows: number[]) => rows.map((count, index) => ({ path: `${index}`, rows: count }));
  it("takes the newest small files, once there are enough of them", () => {
    expect(filesToCompact(files(1, 1, 1, 1, 1, 1, 1))).toHaveLength(0);
    expect(filesToCompact(files(1, 1, 1, 1, 1, 1, 1, 1))).toHaveLength(8);
    expect(filesToCompact(files(1000, 1, 1, 1, 1, 1, 1, 1, 1)).map(({ path }) => path)).not.toContain("0");
    expect(filesToCompact([])).toEqual([]);
  });
});
