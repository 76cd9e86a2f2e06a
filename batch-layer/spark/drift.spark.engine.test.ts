import { type GenerationManifest, type Schedule, type ShardId } from "@freshet/model";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { revertTo } from "../generation/revert.js";
import { crowdedApp, secondApp } from "../testing/apps.js";
import { expectedDrift } from "../testing/driftOracle.js";
import { published } from "../testing/expect.js";
import { readPlainly } from "../testing/plainRecount.js";
import { type SparkSession, startSparkSession } from "../testing/sparkSession.js";
import { driftOf, storedDrift, storedHours } from "../testing/storedDrift.js";
import { createWorld, scheduleOf, type World } from "../testing/world.js";

const SEED = Number(process.env["FRESHET_SEED"] ?? Math.floor(Math.random() * 1e9));

let session: SparkSession;
let world: World;
const manifests = new Map<number, GenerationManifest>();
beforeAll(async () => {
  session = await startSparkSession();
});
afterAll(() => session.close());
afterEach(() => world.close());

const more = async (events: number): Promise<void> => {
  await world.emit(events);
  await world.heartbeats();
  await world.record();
  await world.land();
};

const bySpark = async (comparedGroupsMax?: number): Promise<GenerationManifest> => {
  const spark = session.engine(`${world.dir}/data/lake`);
  const limit = comparedGroupsMax === undefined ? {} : { comparedGroupsMax };
  const manifest = published(await world.batch({ spark, ...limit }));
  manifests.set(manifest.generation, manifest);
  return manifest;
};

const oracle = async (manifest: GenerationManifest, schedule: Schedule): Promise<readonly string[]> => {
  const { log } = world.data;
  const parents = new Map((await log.shards()).map((shard) => [shard.id, shard.parents]));
  const { segmentMs, dedupeHorizonMs } = log.identity;
  return expectedDrift({
    shards: await readPlainly(log, schedule),
    parentsOf: (shard: ShardId) => parents.get(shard) ?? [],
    schedule,
    horizonTicks: Math.floor(dedupeHorizonMs / segmentMs),
    segmentMs,
    manifests,
    manifest,
  });
};

const stored = async (manifest: GenerationManifest): Promise<readonly string[]> =>
  [...(await storedDrift(world.duckdb, world.data.lake, manifest))].sort();

type Rows = readonly Readonly<Record<string, unknown>>[];
const sum = (rows: Rows, column: string): number =>
  rows.reduce((total, row) => total + Math.abs(Number(row[column])), 0);

describe(`drift and the books by hour, of generations by Spark (seed ${SEED})`, () => {
  it("are what plain arrays say, and what DuckDB says of the same rows", async () => {
    manifests.clear();
    world = await createWorld(SEED, scheduleOf({ app: crowdedApp }));
    const { data, duckdb } = world;
    const tried: Record<string, number> = { far_duplicate: 0, conflict: 0, overflow: 0 };
    for (let round = 0; round < 3; round++) {
      await more(140);
      if (round === 0) await world.splitOrMerge();
      if (round === 1) {
        const fromMs = world.nowMs + 5000;
        world.nowMs += 6000;
        await world.publishApps(scheduleOf({ app: crowdedApp }, { app: secondApp, fromMs }));
        await more(60);
      }
      const manifest = await bySpark();
      expect(await stored(manifest)).toEqual([...(await oracle(manifest, world.schedule))].sort());
      const { hours, settled, live } = await storedHours(duckdb, data.lake, manifest);
      expect(settled).toEqual(manifest.ledger);
      expect(live).toMatchObject({
        records: manifest.ledger.records,
        events: manifest.ledger.events,
        rejected: manifest.ledger.rejected,
      });
      const rows = await driftOf(duckdb, data.lake, manifest);
      expect(sum(rows, "defect")).toBe(0);
      for (const cause of Object.keys(tried)) tried[cause] = (tried[cause] ?? 0) + sum(rows, cause);
      if (manifest.parent === null) continue;
      // the same run by DuckDB, from the same parent
      await revertTo({ data, generation: manifest.parent });
      const again = published(await world.batch());
      const texts = (all: Rows, generation: number): readonly string[] =>
        all
          .map((row) =>
            JSON.stringify(row["generation"] === generation ? { ...row, generation: "last" } : row),
          )
          .sort();
      expect(texts(hours, manifest.generation)).toEqual(
        texts((await storedHours(duckdb, data.lake, again)).hours, again.generation),
      );
      manifests.set(again.generation, again);
      expect(await stored(again)).toEqual([...(await oracle(again, world.schedule))].sort());
    }
    for (const [cause, count] of Object.entries(tried)) expect([cause, count > 0]).toEqual([cause, true]);
  });

  it("are compared by a sample of very many groups, their amounts whole", async () => {
    world = await createWorld(SEED + 1, scheduleOf({ app: crowdedApp }));
    const { data, duckdb } = world;
    await more(250);
    await world.heartbeats();
    await world.record();
    await world.land();
    const all = await driftOf(duckdb, data.lake, await bySpark());
    await data.records.remove("generation");
    const some = await driftOf(duckdb, data.lake, await bySpark(40));
    expect(sum(all, "defect")).toBe(0);
    expect(sum(some, "defect")).toBe(0);
    const amounts = (rows: Rows) =>
      rows
        .filter(({ live }) => live !== null)
        .map(({ pane, measure, live, settled, conflict }) => ({ pane, measure, live, settled, conflict }));
    expect(amounts(some)).toEqual(amounts(all));
    const groups = (rows: Rows): number =>
      sum(
        rows.filter(({ measure }) => measure === null),
        "compared",
      );
    expect(Math.min(...some.map(({ share }) => share as number))).toBeLessThan(1);
    expect(groups(some)).toBeGreaterThan(5);
    expect(groups(some)).toBeLessThan(groups(all) / 2);
  });

  it("leave events unknown whose increments cannot be read, and find no defect in them", async () => {
    world = await createWorld(SEED + 2, scheduleOf({ app: crowdedApp }));
    await world.emit(120);
    await world.heartbeats();
    await world.heartbeats();
    const records = await world.record(() => true);
    const damaged = records.find((one, index) => index > 5 && one.finished && one.counts.accepted > 1)!;
    await world.data.increments.writeSegment({ ...damaged, bodyHash: "0".repeat(64) });
    await world.record(({ shard, tick, ordinal }) => {
      const isDamaged = shard === damaged.shard && tick === damaged.tick && ordinal === damaged.ordinal;
      return isDamaged;
    });
    await world.land();
    const manifest = await bySpark();
    expect(manifest.reconciliation?.unread).toEqual([
      { generation: 1, segments: 1, detail: expect.stringContaining("its hash is") as unknown },
    ]);
    const rows = await driftOf(world.duckdb, world.data.lake, manifest);
    expect(sum(rows, "defect")).toBe(0);
    expect(sum(rows, "unknown")).toBeGreaterThan(0);
  });
});
