import { jobName, type NextStep, sparkJobOf, toJobArguments } from "@freshet/batch-layer";
import { beforeAll, describe, expect, it } from "vitest";
import { type StageName, STAGES } from "../config/deployment.js";
import { aDeployment } from "../fixtures/deployment.js";
import { definitionOf, interpret, RESOLVED, type TaskStub } from "../testing/interpreter.js";
import { synthesise, synthesised, type Templates } from "../testing/templates.js";
import { BATCH_COMMANDS, JOB_VARIABLE, RUN_VARIABLE } from "./commands.js";

const RUN = "2026-11-21T12-00";

const bySpark = (stage: StageName): Templates => {
  const { [stage]: of } = aDeployment();
  const batch = { ...of.batch, engine: "spark" as const };
  return stage === "production"
    ? synthesised(stage).templates
    : synthesise(stage, { [stage]: { ...of, batch } }).templates;
};

const failing = (name: string): never => {
  throw Object.assign(new Error(`${name}: stubbed`), { name });
};
const ready: TaskStub = () => ({ kind: "ready", throughMs: 0 });
const count = (job: number): NextStep => ({ kind: "count", job: jobName({ generation: 7, job }) });
/** The books balance: one job, and the run is done. */
const oneJob: TaskStub = (call) => (call === 1 ? count(1) : ({ kind: "done" } satisfies NextStep));

const execute = (definition: Readonly<Record<string, unknown>>, stubs: Readonly<Record<string, TaskStub>>) =>
  interpret(definition, RUN, { HasTheHourLanded: ready, WhichJob: oneJob, ...stubs });

describe.each(STAGES)("a batch run of %s by Spark, interpreted on this machine", (stage) => {
  let definition: ReturnType<typeof definitionOf>;
  beforeAll(() => {
    definition = definitionOf(bySpark(stage));
  });

  it("lands, asks, prepares, counts by Spark and publishes", async () => {
    const { outcome, states, called } = await execute(definition, {});
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(states).toEqual([
      ...["Land", "HasTheHourLanded", "Prepare", "WhichJob", "Count", "Publish", "WhichJob"],
    ]);
    const asked = called.find(({ state }) => state === "WhichJob");
    expect(asked?.input).toMatchObject({ run: RUN });
    const job = called.find(({ state }) => state === "Count");
    expect(job?.input).toMatchObject({
      Name: RUN,
      JobDriver: {
        SparkSubmit: { EntryPointArguments: toJobArguments(sparkJobOf(`s3://${RESOLVED}/lake/`, "7/1")) },
      },
    });
    const commands = called.flatMap(({ state, input }) => {
      const overrides = (input as { Overrides?: { ContainerOverrides: unknown[] } }).Overrides;
      return overrides ? [[state, overrides.ContainerOverrides[0]]] : [];
    });
    const environment = [{ Name: RUN_VARIABLE, Value: RUN }];
    expect(commands).toEqual([
      ["Land", expect.objectContaining({ Command: BATCH_COMMANDS.land, Environment: environment })],
      ["Prepare", expect.objectContaining({ Command: BATCH_COMMANDS.prepare, Environment: environment })],
      [
        "Publish",
        expect.objectContaining({
          Command: BATCH_COMMANDS.publish,
          Environment: [...environment, { Name: JOB_VARIABLE, Value: "7/1" }],
        }),
      ],
    ]);
  });

  it("counts again where the books differ, by the job that is named then", async () => {
    const { outcome, states, called } = await execute(definition, {
      WhichJob: (call) => (call < 3 ? count(call) : { kind: "done" }),
    });
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(states.slice(2)).toEqual([
      ...["Prepare", "WhichJob", "Count", "Publish", "WhichJob", "Count", "Publish", "WhichJob"],
    ]);
    const jobs = called.filter(({ state }) => state === "Count").map(({ input }) => JSON.stringify(input));
    expect(jobs.map((text) => /generations\/spark\/(\d+\/\d+)\/job\.json/.exec(text)?.[1])).toEqual([
      "7/1",
      "7/2",
    ]);
  });

  it("counts nothing where the run was done when it was prepared again", async () => {
    const { outcome, states } = await execute(definition, { WhichJob: () => ({ kind: "done" }) });
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(states).toEqual(["Land", "HasTheHourLanded", "Prepare", "WhichJob"]);
  });

  it("counts nothing where all is settled", async () => {
    const { outcome, states } = await execute(definition, {
      HasTheHourLanded: () => ({ kind: "settled" }),
    });
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(states).toEqual(["Land", "HasTheHourLanded"]);
  });

  it("waits for an hour that has not landed, and lands again", async () => {
    const { outcome, states } = await execute(definition, {
      HasTheHourLanded: (call) => ({
        kind: call < 4 ? "waiting" : "ready",
        shards: ["shardId-000000000001"],
      }),
    });
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(states.filter((state) => state === "Land")).toHaveLength(4);
    expect(states.at(-2)).toBe("Publish");
  });

  it("gives up an hour that never lands, and says which shards are late", async () => {
    const { outcome, states, called } = await execute(definition, {
      HasTheHourLanded: () => ({ kind: "waiting", shards: ["shardId-000000000001"] }),
    });
    expect(outcome).toMatchObject({ kind: "failed", error: { name: expect.anything() } });
    expect(states.filter((state) => state === "HasTheHourLanded")).toHaveLength(13);
    expect(states).not.toContain("Count");
    const told = called.at(-1);
    expect(told?.state).toBe("TellFailure");
    expect(JSON.stringify(told?.input)).toContain("shardId-000000000001");
    expect(JSON.stringify(told?.input)).toContain("HourNotLanded");
  });

  it("does a step again that failed, and goes on where it succeeds", async () => {
    const { outcome, states } = await execute(definition, {
      Count: (call) => (call < 3 ? failing("States.TaskFailed") : {}),
      Publish: (call) => (call < 2 ? failing("ECS.AmazonECSException") : {}),
    });
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(states).toEqual([
      ...["Land", "HasTheHourLanded", "Prepare", "WhichJob", "Count", "Count", "Count"],
      ...["Publish", "Publish", "WhichJob"],
    ]);
  });

  it.each(["Land", "HasTheHourLanded", "Prepare", "WhichJob", "Count", "Publish"])(
    "gives up where %s fails four times: nothing later runs, the cause is mailed, the run has failed",
    async (state) => {
      const { outcome, states, called } = await execute(definition, { [state]: () => failing("Stubbed") });
      expect(outcome).toMatchObject({ kind: "failed" });
      expect(states.filter((one) => one === state)).toHaveLength(4);
      const begun = state !== "Land" && state !== "HasTheHourLanded";
      expect(states.slice(states.lastIndexOf(state) + 1)).toEqual([
        ...(begun ? ["GiveUp"] : []),
        "TellFailure",
      ]);
      expect(JSON.stringify(called.at(-1)?.input)).toContain("Stubbed");
    },
  );

  it("tells the first failure also where the run cannot be given up", async () => {
    const { states, called } = await execute(definition, {
      Count: () => failing("Stubbed"),
      GiveUp: () => failing("Unreachable"),
    });
    expect(states.at(-1)).toBe("TellFailure");
    expect(JSON.stringify(called.at(-1)?.input)).toContain("Stubbed");
  });

  it("has a bound to every task's time", () => {
    const { States, TimeoutSeconds } = definition as {
      States: Record<string, { Type: string; TimeoutSeconds?: number; Resource?: string }>;
      TimeoutSeconds: number;
    };
    expect(TimeoutSeconds).toBeGreaterThan(0);
    const tasks = Object.entries(States).filter(
      ([, { Type, Resource }]) => Type === "Task" && !Resource?.endsWith("sns:publish"),
    );
    expect(tasks).toHaveLength(7);
    for (const [name, { TimeoutSeconds: limit }] of tasks)
      expect([name, limit]).toEqual([name, expect.any(Number)]);
  });
});

describe("a batch run by DuckDB, interpreted on this machine", () => {
  it("counts in one task", async () => {
    const { outcome, states } = await execute(definitionOf(synthesised("staging").templates), {});
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(states).toEqual(["Land", "HasTheHourLanded", "Recount"]);
  });

  it("is given up where it fails four times, and told", async () => {
    const { outcome, states } = await execute(definitionOf(synthesised("staging").templates), {
      Recount: () => failing("Stubbed"),
    });
    expect(outcome).toMatchObject({ kind: "failed" });
    expect(states).toEqual([
      "Land",
      "HasTheHourLanded",
      ...["Recount", "Recount", "Recount", "Recount", "TellFailure"],
    ]);
  });
});
