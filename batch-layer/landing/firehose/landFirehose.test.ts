import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeAggregate } from "@freshet/kpl";
import { type EpochMs, sequenceNumber, shardId } from "@freshet/model";
import { type DuckDb, heartbeatRecord, type Lake, openDataDirectory } from "@freshet/storage";
import { afterEach, describe, expect, it } from "vitest";
import { firstApp, secondApp } from "../../testing/apps.js";
import { published } from "../../testing/expect.js";
import { createTestFirehose, DELIVERED, FAILED } from "../../testing/firehose.js";
import { createWorld, quiet, scheduleOf, type World } from "../../testing/world.js";
import { createLanding, LANDING_SETTINGS } from "../landing.js";
import { hourOfRawPath, RAW_PREFIX } from "../rawLake.js";
import { type FirehoseLanded, landFirehose } from "./landFirehose.js";
import { encodeLine } from "./line.js";
import { transformDelivery } from "./transform.js";

const ROUNDS = 4;
const NEVER_MS = Number.MAX_SAFE_INTEGER / 4;

let world: World | null = null;
const directories: string[] = [];
afterEach(async () => {
  await world?.close();
  world = null;
  for (const dir of directories.splice(0)) rmSync(dir, { recursive: true, force: true });
});

const plain = (_: string, value: unknown): unknown => (typeof value === "bigint" ? `${value}n` : value);

/** The rows of a raw lake, distinct, each with the hour in which it lies. */
const rowsOf = async (duckdb: DuckDb, lake: Lake): Promise<readonly string[]> => {
  const rows = new Set<string>();
  for (const path of await lake.list(RAW_PREFIX)) {
    const file = await lake.local(path);
    for (const row of await duckdb.rows<Readonly<Record<string, unknown>>>(
      `SELECT * FROM read_parquet('${file}', hive_partitioning = false)`,
    ))
      rows.add(JSON.stringify({ hour: hourOfRawPath(path), ...row }, plain));
  }
  return [...rows].toSorted();
};

/** What our own landing makes of the same log. */
const landedPlainly = async ({ data, duckdb, schedule }: World): Promise<readonly string[]> => {
  const dir = mkdtempSync(join(tmpdir(), "freshet-firehose-"));
  directories.push(dir);
  const other = await openDataDirectory(join(dir, "data"), {
    create: { shards: 1, segmentMs: 1000, segmentEventsMax: 5, dedupeHorizonMs: 8000 },
  });
  try {
    await other.records.replace("schedule", 0, schedule);
    const landing = await createLanding(
      { log: data.log, records: other.records, lake: other.lake },
      duckdb,
      quiet,
      LANDING_SETTINGS,
    );
    for (let moved = true; moved; ) ({ moved } = await landing.look());
    await landing.publish();
    return await rowsOf(duckdb, other.lake);
  } finally {
    await other.close();
  }
};

const appendAggregate = async (one: World): Promise<void> => {
  const members = Array.from({ length: 1 + one.dice.below(6) }, () => one.visits.next(one.nowMs));
  // members that look like records of another form are events all the same
  if (one.dice.chance(0.2)) members.push({ bytes: Buffer.from(heartbeatRecord()), id: "like a heartbeat" });
  if (one.dice.chance(0.2)) {
    const inner = encodeAggregate([{ partitionKey: "", data: Buffer.from("{}") }]);
    members.push({ bytes: Buffer.from(inner), id: "like an aggregate" });
  }
  const [first] = members;
  if (!first) return;
  const data = encodeAggregate(members.map(({ bytes, id }) => ({ partitionKey: id, data: bytes })));
  await one.data.log.append([{ partitionKey: first.id, data, arrivalMs: one.nowMs as EpochMs }]);
};

const emit = async (one: World): Promise<void> => {
  for (let part = 0; part < 5; part++) {
    await one.emit(12);
    await appendAggregate(one);
  }
  await one.heartbeats();
};

describe("landing by Firehose", () => {
  it.each([1, 2])(
    "L1, L6, L7: lands the rows that our own landing lands, and the books balance (seed %i)",
    async (seed) => {
      world = await createWorld(seed, scheduleOf({ app: firstApp }));
      const { data, duckdb, dice } = world;
      const firehose = createTestFirehose(data.log, data.lake, dice, transformDelivery);
      const sums = { objects: 0, rows: 0, waiting: 0, filled: 0, mended: 0 };
      const land = async (fillAfterMs: number): Promise<FirehoseLanded> => {
        const one = world as World;
        const options = { data, duckdb, logger: quiet, now: () => one.nowMs };
        const landed = await landFirehose({
          ...options,
          prefix: DELIVERED,
          errorPrefix: FAILED,
          fillAfterMs,
        });
        expect(landed.refused).toEqual([]);
        sums.objects += landed.objects;
        sums.rows += landed.rows;
        sums.waiting += landed.waiting;
        sums.filled += landed.filled.length;
        sums.mended += landed.mended;
        return landed;
      };
      await emit(world);
      await firehose.startAtLatest();
      for (let round = 0; round < ROUNDS; round++) {
        if (round === 2) {
          const fromMs = world.nowMs + 2_000;
          await world.publishApps(scheduleOf({ app: firstApp }, { app: secondApp, fromMs }));
        }
        await emit(world);
        if (dice.chance(0.6)) await world.splitOrMerge();
        await firehose.deliver(false);
        // what was delivered before speed has folded it waits
        if (dice.chance(0.5)) await land(NEVER_MS);
        await world.record();
        await land(NEVER_MS);
        if (dice.chance(0.3)) await world.batch();
      }
      await emit(world);
      await firehose.deliver(true);
      world.nowMs += 10_000;
      await world.heartbeats();
      await firehose.deliver(true);
      await world.record();
      await land(NEVER_MS);
      const last = await land(0);
      expect(last).toMatchObject({ waiting: 0, failed: 0 });
      expect(await data.lake.list(DELIVERED)).toEqual([]);
      expect(await data.lake.list(FAILED)).toEqual([]);

      const own = await rowsOf(duckdb, data.lake);
      expect(own).toEqual(await landedPlainly(world));
      const manifest = published(await world.batch());
      expect(manifest.disagreements).toEqual([]);
      const segments = (await world.record()).filter(({ finished }) => finished);
      for (const { shard, lastSequence, ended } of segments)
        if (ended) expect(manifest.ended).toHaveProperty(shard);
        else expect((manifest.cut[shard]?.lastSequence ?? "") >= lastSequence).toBe(true);

      expect(firehose.met.before).toBeGreaterThan(40);
      expect(firehose.met.objects).toBeGreaterThan(15);
      expect(firehose.met.repeated + sums.waiting).toBeGreaterThan(2);
      expect(firehose.met.failed).toBeGreaterThan(5);
      expect(firehose.met.members).toBeGreaterThan(40);
      expect(sums.filled).toBeGreaterThan(1);
      expect(sums.mended).toBeGreaterThan(0);
    },
    120_000,
  );

  it("leaves an object that is no delivery of this log where it is, and names it", async () => {
    world = await createWorld(5, scheduleOf({ app: firstApp }));
    const { data, duckdb } = world;
    const line = encodeLine({
      stream: "arn:aws:kinesis:eu-central-1:111122223333:stream/another",
      shard: shardId("shardId-000000000000"),
      sequence: sequenceNumber(1),
      subsequence: 0,
      arrivalMs: world.nowMs as EpochMs,
      data: Buffer.from("{}"),
    });
    const left = [`${DELIVERED}another`, `${DELIVERED}no-lines`];
    await data.lake.put(left[0] as string, Buffer.from(line));
    await data.lake.put(left[1] as string, Buffer.from("{}\n"));
    const options = { data, duckdb, logger: quiet, now: () => world?.nowMs ?? 0 };
    const landed = await landFirehose({ ...options, prefix: DELIVERED, errorPrefix: FAILED });
    expect(landed).toMatchObject({ objects: 0, rows: 0, waiting: 0, refused: left });
    expect(await data.lake.list(DELIVERED)).toEqual(left);
  });
});
