import { execFile } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { type GenerationManifest, generationPath } from "@freshet/model";
import { contentOf, createWorld, firstApp, scheduleOf, type World } from "@freshet/batch-layer/testing";
import { JOB_VARIABLE, RUN_VARIABLE } from "@freshet/infra";
import { definitionOf, interpret, RESOLVED, synthesised } from "@freshet/infra/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freshet, freshetJson, repositoryFile } from "../support/freshet.js";

const SEED = Number(process.env["FRESHET_SEED"] ?? Math.floor(Math.random() * 1e9));
const RUN = "scheduled-2026-03-28T21";
const SPARK_MEMORY = "1g";
const JOB_TIMEOUT_MS = 300_000;
const FILES_BEFORE_DEATH = 3;
const LOOK_AFTER_MS = 100;

let world: World;
beforeAll(async () => {
  world = await createWorld(SEED, scheduleOf({ app: firstApp }));
});
afterAll(() => world.close());

interface Report {
  readonly published: boolean;
  readonly generation: number | null;
  readonly job: { readonly name: string; readonly arguments: readonly string[] } | null;
}

/** Whatever the hour: the world's clock is not this machine's. */
const batch = (...words: readonly string[]): Promise<Report> =>
  freshetJson<Report>(...words, "--require", "none", "--data", join(world.dir, "data"));

const more = async (events: number): Promise<void> => {
  await world.emit(events);
  await world.heartbeats();
  await world.heartbeats();
  await world.record();
  await world.land();
};

const contentOfGeneration = async (generation: number): Promise<readonly string[]> => {
  const { lake } = world.data;
  const bytes = await lake.get(generationPath(generation));
  return contentOf(world.duckdb, lake, JSON.parse(Buffer.from(bytes).toString("utf8")) as GenerationManifest);
};

interface TaskInput {
  readonly Overrides: {
    readonly ContainerOverrides: readonly [
      {
        readonly Command: readonly string[];
        readonly Environment: readonly { readonly Name: string; readonly Value: string }[];
      },
    ];
  };
}

interface JobInput {
  readonly JobDriver: { readonly SparkSubmit: { readonly EntryPointArguments: readonly string[] } };
}

/** What a task of the machine would do in its container. */
const runTask = async (input: unknown): Promise<Report> => {
  const [{ Command, Environment }] = (input as TaskInput).Overrides.ContainerOverrides;
  const given = (option: string, variable: string): readonly string[] =>
    Environment.flatMap(({ Name, Value }) => (Name === variable ? [option, Value] : []));
  return batch(...Command, ...given("--run", RUN_VARIABLE), ...given("--job", JOB_VARIABLE));
};

/** What the deployed function answers. */
const askWhichJob = async (input: unknown): Promise<unknown> => {
  const ask = `import { handler } from "./cli/dist/functions/next.js"; console.log(JSON.stringify(await handler(${JSON.stringify(input)})));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", ask], {
    cwd: repositoryFile("."),
    env: {
      ...process.env,
      FRESHET_STORE: JSON.stringify({ kind: "directory", dir: join(world.dir, "data") }),
    },
  });
  return JSON.parse(stdout) as unknown;
};

/** The job, by the Spark of the application's release, on this machine: only the lake lies elsewhere. */
const runJob = async (input: unknown, signal?: AbortSignal): Promise<object> => {
  const submit = process.env["FRESHET_DEPLOYED_SPARK_SUBMIT"];
  if (!submit) throw new Error("no Spark: run this by npm run test:engines");
  const here = `file://${world.dir}/data/lake/`;
  const job = (input as JobInput).JobDriver.SparkSubmit.EntryPointArguments.map((one) =>
    one.replace(`s3://${RESOLVED}/lake/`, here),
  );
  const settings = {
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.warehouse.dir": join(world.dir, "warehouse"),
    "spark.local.dir": world.dir,
  };
  const words = [
    ...["--master", "local[2]", "--driver-memory", SPARK_MEMORY],
    ...Object.entries(settings).flatMap(([name, value]) => ["--conf", `${name}=${value}`]),
    repositoryFile("batch-layer/spark/driver.py"),
    ...job,
  ];
  const env = {
    ...process.env,
    SPARK_LOCAL_IP: "127.0.0.1",
    PYSPARK_PYTHON: process.env["FRESHET_DEPLOYED_SPARK_PYTHON"],
  };
  await promisify(execFile)(submit, words, {
    env,
    killSignal: "SIGKILL",
    timeout: JOB_TIMEOUT_MS,
    ...(signal && { signal }),
  });
  return {};
};

/** The job, killed when it has written some of its files. */
const loseJob = async (input: unknown): Promise<never> => {
  const killing = new AbortController();
  let ended = false;
  const job = runJob(input, killing.signal).finally(() => {
    ended = true;
  });
  job.catch(() => {});
  const hasWritten = async (): Promise<boolean> =>
    (await world.data.lake.list("generations/spark/2/1/files/")).length >= FILES_BEFORE_DEATH;
  while (!ended && !(await hasWritten())) await sleep(LOOK_AFTER_MS);
  killing.abort();
  await expect(job).rejects.toThrow(/abort/i);
  expect(await world.data.lake.list("generations/spark/2/1/result.json")).toEqual([]);
  throw Object.assign(new Error("the job died"), { name: "States.TaskFailed" });
};

it(`the deployed state machine's run, its tasks and its job done here, publishes what DuckDB counts (seed ${SEED})`, async () => {
  await more(100);
  expect(await batch("batch", "--no-land")).toMatchObject({ published: true, generation: 1 });
  await more(80);
  const { outcome, states } = await interpret(definitionOf(synthesised("production").templates), RUN, {
    HasTheHourLanded: () => ({ kind: "ready", throughMs: 0 }),
    WhichJob: (_, input) => askWhichJob(input),
    Prepare: (_, input) => runTask(input),
    Count: (call, input) => (call === 1 ? loseJob(input) : runJob(input)),
    // the task did its work, and its answer was lost
    Publish: async (call, input) => {
      const report = await runTask(input);
      expect(report).toMatchObject({ generation: 2, job: null });
      if (call === 1) throw Object.assign(new Error("lost"), { name: "ECS.AmazonECSException" });
      return {};
    },
  });
  expect(outcome).toEqual({ kind: "succeeded" });
  expect(states).toEqual([
    ...["Land", "HasTheHourLanded", "Prepare", "WhichJob", "Count", "Count"],
    ...["Publish", "Publish", "WhichJob"],
  ]);
  expect((await world.data.records.get("generation"))?.value).toMatchObject({ generation: 2 });
  const bySpark = await contentOfGeneration(2);
  expect(bySpark.length).toBeGreaterThan(50);
  expect(await batch("batch", "--no-land", "--rebuild")).toMatchObject({ published: true, generation: 3 });
  expect(await contentOfGeneration(3)).toEqual(bySpark);
});

it("a run that is started while another counts is refused by the other's name, and steps that cannot be by what they lack", async () => {
  const at = ["--no-land", "--data", join(world.dir, "data")];
  const bySpark = ["batch", "--engine", "spark", ...at];
  await more(20);
  const { job } = await batch("batch", "--engine", "spark", "--no-land", "--prepare", "--run", "first");
  expect(job?.arguments).toContain("--sql");
  for (const other of [
    ["batch", ...at],
    [...bySpark, "--prepare", "--run", "second"],
    [...bySpark, "--publish", "--run", "second"],
  ]) {
    const { code, stderr } = await freshet(...other);
    expect([code, stderr]).toEqual([3, expect.stringContaining("batch run first is under way")]);
  }
  for (const [words, says] of [
    [["batch", "--prepare", "--run", "x", ...at], "--engine spark"],
    [[...bySpark, "--prepare"], "--run NAME"],
    [[...bySpark, "--prepare", "--publish", "--run", "x"], "one step at a time"],
  ] as const) {
    const { code, stderr } = await freshet(...words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
  }
  await batch("batch", "--engine", "spark", "--no-land", "--give-up", "--run", "first");
  expect(await batch("batch", "--no-land")).toMatchObject({ published: true });
});
