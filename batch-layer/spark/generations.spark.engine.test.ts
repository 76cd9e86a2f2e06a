import type { GenerationPointer } from "@freshet/model";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { BatchOptions } from "../run/runBatch.js";
import { firstApp, secondApp } from "../testing/apps.js";
import { published } from "../testing/expect.js";
import { type SparkSession, SPARKS, startSparkSession } from "../testing/sparkSession.js";
import { contentOf } from "../testing/stored.js";
import { createWorld, scheduleOf, type World } from "../testing/world.js";
import type { SparkEngine } from "./engine.js";

/** New events in every run; a failing run's are made again by its seed. */
const SEED = Number(process.env["FRESHET_SEED"] ?? Math.floor(Math.random() * 1e9));

let session: SparkSession;
let world: World;
afterEach(() => world.close());

const spark = (): SparkEngine => session.engine(`${world.dir}/data/lake`);

const more = async (events: number): Promise<void> => {
  await world.emit(events);
  await world.heartbeats();
  await world.heartbeats();
  await world.record();
  await world.land();
};

const contentAfter = async (options: Partial<BatchOptions>): Promise<readonly string[]> =>
  contentOf(world.duckdb, world.data.lake, published(await world.batch(options)));

const standing = async (): Promise<GenerationPointer | undefined> =>
  (await world.data.records.get<GenerationPointer>("generation"))?.value;

const RELEASES = Object.keys(SPARKS) as (keyof typeof SPARKS)[];

describe.each(RELEASES)(`generations by Spark, the %s (seed ${SEED})`, (release) => {
  beforeAll(async () => {
    session = await startSparkSession(release);
  });
  afterAll(() => session.close());

  it("hold what DuckDB's hold, whichever engine began and whichever goes on, incremental and rebuilt", async () => {
    world = await createWorld(SEED, scheduleOf({ app: firstApp }));
    await more(150);
    await contentAfter({});

    await more(120);
    await world.splitOrMerge();
    await world.land({ crash: true });
    await more(60);
    const onDuckDb = await contentAfter({ spark: spark() });
    expect(onDuckDb).toEqual(await contentAfter({ rebuild: true }));

    const fromMs = world.nowMs + 5000;
    world.nowMs += 6000;
    await world.publishApps(scheduleOf({ app: firstApp }, { app: secondApp, fromMs }));
    await more(120);
    // a new metric: all of history is counted, by Spark
    const withNew = await contentAfter({ spark: spark() });
    expect(withNew).toEqual(await contentAfter({ rebuild: true }));

    await more(60);
    const onOwn = await contentAfter({ spark: spark() });
    expect(onOwn).toEqual(await contentAfter({ spark: spark(), rebuild: true }));
    await more(30);
    // DuckDB on Spark's
    expect(await contentAfter({})).toEqual(await contentAfter({ rebuild: true }));
    const { copies, conflicts, bad, late, outOfBounds } = world.visits.made;
    for (const tried of [copies, conflicts, bad, late, outOfBounds]) expect(tried).toBeGreaterThan(0);
    expect(session.jobs).toBe(4);
  });

  it("publish nothing when a job dies, and the next run counts all of it", async () => {
    world = await createWorld(SEED + 1, scheduleOf({ app: firstApp }));
    await more(60);
    const first = published(await world.batch());
    await more(60);
    const engine = spark();
    const dying: SparkEngine = {
      ...engine,
      async run(job, signal) {
        const path = job.sql.slice(engine.lakeUri.length);
        const document = JSON.parse(Buffer.from(await world.data.lake.get(path)).toString("utf8"));
        document.statements.splice(-3, 3, { kind: "rows", name: "dies", sql: "SELECT 1 / 0" });
        const half = path.replace("job.json", "half.json");
        await world.data.lake.put(half, Buffer.from(JSON.stringify(document)));
        await engine.run({ ...job, sql: engine.lakeUri + half }, signal);
      },
    };
    await expect(world.batch({ spark: dying })).rejects.toThrow(/DIVIDE_BY_ZERO/);
    expect(await standing()).toEqual({ generation: first.generation, kept: [first.generation] });
    const rowsOfJobs = async (): Promise<readonly string[]> =>
      (await world.data.lake.list("generations/data/")).filter((path) => path.includes("/spark-"));
    expect((await world.data.lake.list("generations/spark/")).length).toBeGreaterThan(5);
    expect((await rowsOfJobs()).length).toBeGreaterThan(0);
    const next = published(await world.batch());
    expect(next.parent).toBe(first.generation);
    expect(await world.data.lake.list("generations/spark/")).toEqual([]);
    expect(await rowsOfJobs()).toEqual([]);
  });
});
