import type { GenerationManifest, GenerationPointer } from "@freshet/model";
import type { DataDirectory } from "@freshet/storage";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { filesOf } from "../generation/retire.js";
import { revertTo } from "../generation/revert.js";
import { jobName, sparkJobOf } from "../spark/jobArguments.js";
import type { SparkJobNumber } from "../spark/plannedJob.js";
import { firstApp, secondApp } from "../testing/apps.js";
import { published } from "../testing/expect.js";
import { loseRawRows, withTrimmedLog } from "../testing/losses.js";
import { type SparkSession, startSparkSession } from "../testing/sparkSession.js";
import { contentOf } from "../testing/stored.js";
import { createWorld, quiet, scheduleOf, type World } from "../testing/world.js";
import { prepareRun, publishRun, type SteppedRunOptions } from "./steppedRun.js";

const SEED = Number(process.env["FRESHET_SEED"] ?? Math.floor(Math.random() * 1e9));

let session: SparkSession;
let world: World;
beforeAll(async () => {
  session = await startSparkSession();
});
afterAll(() => session.close());
afterEach(() => world.close());

const more = async (events: number): Promise<void> => {
  await world.emit(events);
  await world.heartbeats();
  await world.heartbeats();
  await world.record();
  await world.land();
};

const optionsOf = (data: DataDirectory, run: string): SteppedRunOptions => ({
  ...{ data, duckdb: world.duckdb, logger: quiet, now: () => world.nowMs, run },
  timeoutMs: 60_000,
  startTimer: () => () => {},
  costOf: (machineMs) => ({ kind: "machine_seconds", seconds: machineMs / 1_000 }),
});

const runJob = async (job: SparkJobNumber): Promise<void> => {
  const engine = session.engine(`${world.dir}/data/lake`);
  await engine.run(sparkJobOf(engine.lakeUri, jobName(job)), new AbortController().signal);
};

/** All steps of a run, and its jobs. */
const inSteps = async (
  data: DataDirectory,
  run: string,
): Promise<{ readonly manifest: GenerationManifest; readonly jobs: readonly number[] }> => {
  const prepared = await prepareRun(optionsOf(data, run));
  if (prepared.kind !== "prepared") throw new Error(`not prepared: ${prepared.kind}`);
  const jobs: number[] = [];
  for (let { job } = prepared; ; ) {
    jobs.push(job.job);
    await runJob(job);
    const taken = await publishRun(optionsOf(data, run));
    if (taken.kind !== "again") return { manifest: published(taken), jobs };
    // its answer was lost, and it is asked again
    expect(await publishRun({ ...optionsOf(data, run), ended: jobName(job) })).toEqual(taken);
    job = taken.job;
  }
};

const content = (manifest: GenerationManifest): Promise<readonly string[]> =>
  contentOf(world.duckdb, world.data.lake, manifest);

const standing = async (): Promise<number | undefined> =>
  (await world.data.records.get<GenerationPointer>("generation"))?.value.generation;

describe(`a run in steps, its jobs by Spark (seed ${SEED})`, () => {
  it("counts once more where the books differ, and holds back what DuckDB holds back", async () => {
    world = await createWorld(SEED, scheduleOf({ app: firstApp }));
    const { data, duckdb } = world;
    await more(120);
    const lost = await loseRawRows(
      data,
      duckdb,
      "subsequence = 0 AND kind = 'event' AND hash(sequence) % 40 = 0",
    );
    expect(lost.rows).toBeGreaterThan(0);
    const trimmed = withTrimmedLog(data);
    const byDuckDb = published(await world.batch({ data: trimmed }));
    expect(byDuckDb.disagreements.length).toBeGreaterThan(0);
    const wanted = await content(byDuckDb);
    await data.records.remove("generation");
    const { manifest, jobs } = await inSteps(trimmed, "a");
    expect(jobs).toEqual([1, 2]);
    expect(manifest.disagreements).toEqual(byDuckDb.disagreements);
    expect(await content(manifest)).toEqual(wanted);
  });

  it("leaves a new metric out where rows that it needs are lost, by a job more", async () => {
    world = await createWorld(SEED + 1, scheduleOf({ app: firstApp }));
    const { data, duckdb } = world;
    await more(80);
    const first = published(await world.batch());
    await loseRawRows(data, duckdb, "subsequence = 0 AND kind = 'event' AND hash(sequence) % 20 = 0");
    const fromMs = world.nowMs + 5000;
    world.nowMs += 6000;
    await world.publishApps(scheduleOf({ app: firstApp }, { app: secondApp, fromMs }));
    await more(60);
    const trimmed = withTrimmedLog(data);
    const { manifest, jobs } = await inSteps(trimmed, "a");
    expect(jobs).toEqual([1, 3]);
    await revertTo({ data, generation: first.generation });
    const byDuckDb = published(await world.batch({ data: trimmed }));
    expect(Object.keys(manifest.metrics)).toEqual(Object.keys(byDuckDb.metrics));
    expect(await content(manifest)).toEqual(await content(byDuckDb));
  });

  it("publishes once, whenever the step that publishes dies; all that Spark wrote is durable before", async () => {
    world = await createWorld(SEED + 2, scheduleOf({ app: firstApp }));
    const { data } = world;
    await more(60);
    const prepared = await prepareRun(optionsOf(data, "a"));
    if (prepared.kind !== "prepared") throw new Error(prepared.kind);
    await runJob(prepared.job);
    const settled: string[] = [];
    let settledBefore: readonly string[] = [];
    const dyingAt = (record: string, when: "before" | "after"): DataDirectory => ({
      ...data,
      lake: {
        ...data.lake,
        async settle(path) {
          await data.lake.settle(path);
          settled.push(path);
        },
      },
      records: {
        ...data.records,
        async replace(name, expected, value) {
          const dies = name === record;
          if (dies && when === "before") throw new Error("died");
          if (name === "generation") settledBefore = [...settled];
          const done = await data.records.replace(name, expected, value);
          if (dies) throw new Error("died");
          return done;
        },
      },
    });
    await expect(publishRun(optionsOf(dyingAt("generation", "before"), "a"))).rejects.toThrow("died");
    expect(await standing()).toBeUndefined();
    await expect(publishRun(optionsOf(dyingAt("generation", "after"), "a"))).rejects.toThrow("died");
    expect(await standing()).toBe(1);
    await expect(publishRun(optionsOf(dyingAt("stepped-run", "before"), "a"))).rejects.toThrow("died");
    const manifest = published(await publishRun(optionsOf(data, "a")));
    expect(published(await publishRun(optionsOf(data, "a")))).toEqual(manifest);
    expect(manifest.ledger.records).toBeGreaterThan(60);
    const bySpark = filesOf(manifest).filter((path) => path.includes("/spark"));
    expect(bySpark.length).toBeGreaterThan(5);
    for (const path of bySpark) expect(settledBefore).toContain(path);
    expect(await content(manifest)).toEqual(await content(published(await world.batch({ rebuild: true }))));
  });
});
