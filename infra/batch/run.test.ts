import { toJobArguments } from "@freshet/batch-layer";
import type { StateMachine as Interpreter } from "aws-local-stepfunctions";
import { beforeAll, describe, expect, it } from "vitest";
import type { StageName } from "../config/deployment.js";
import { onlyResource, synthesised } from "../testing/templates.js";
import { BATCH_COMMANDS, RUN_VARIABLE } from "./commands.js";
import { sparkJobOf } from "./sparkJob.js";

const RUN = "2026-11-21T12-00";
const BUCKET = "resolved";

/** The definition as it is deployed; references become a word, as the values that CloudFormation puts there would be. */
const definitionOf = (stage: StageName) => {
  const { Properties = {} } = onlyResource(synthesised(stage).templates, "AWS::StepFunctions::StateMachine");
  const text = Properties["DefinitionString"] as {
    readonly "Fn::Join": readonly [string, readonly unknown[]];
  };
  return JSON.parse(
    text["Fn::Join"][1].map((part) => (typeof part === "string" ? part : BUCKET)).join(""),
  ) as Record<string, unknown>;
};

interface Called {
  readonly state: string;
  readonly input: unknown;
}
/** What a stubbed step does at its nth call, from 1: its answer, or a failure. */
type Stub = (call: number) => Readonly<Record<string, unknown>>;

const failing = (name: string): never => {
  throw Object.assign(new Error(`${name}: stubbed`), { name });
};
const done: Stub = () => ({});
const ready: Stub = () => ({ kind: "ready", throughMs: 0 });

const STEPS = ["Land", "HasTheHourLanded", "Prepare", "Count", "Publish", "Recount", "TellFailure"];

let StateMachine: typeof Interpreter;

/** The interpreter asks for it, and Node 20 has none. */
const giveResolvers = (): void => {
  const own = Promise as unknown as { withResolvers?: () => unknown };
  own.withResolvers ??= () => {
    let resolve: unknown;
    let reject: unknown;
    const promise = new Promise((yes, no) => {
      resolve = yes;
      reject = no;
    });
    return { promise, resolve, reject };
  };
};

const execute = async (stage: StageName, stubs: Readonly<Record<string, Stub>>) => {
  const called: Called[] = [];
  const calls = new Map<string, number>();
  const handlers = Object.fromEntries(
    STEPS.map((state) => [
      state,
      (input: unknown) => {
        const call = (calls.get(state) ?? 0) + 1;
        calls.set(state, call);
        called.push({ state, input });
        return (stubs[state] ?? (state === "HasTheHourLanded" ? ready : done))(call) as never;
      },
    ]),
  );
  const machine = new StateMachine(definitionOf(stage) as never, { validationOptions: { checkArn: false } });
  const { result } = machine.run(
    {},
    {
      overrides: {
        taskResourceLocalHandlers: handlers,
        waitTimeOverrides: { WaitForFirehose: 0 },
        retryIntervalOverrides: Object.fromEntries(STEPS.map((state) => [state, 0])),
      },
      context: { Execution: { Name: RUN } },
    },
  );
  const outcome = await result.then(
    () => ({ kind: "succeeded" as const }),
    (error: unknown) => ({ kind: "failed" as const, error: error as Error }),
  );
  return { outcome, called, states: called.map(({ state }) => state) };
};

describe("a batch run, interpreted on this machine", () => {
  beforeAll(async () => {
    giveResolvers();
    ({ StateMachine } = await import("aws-local-stepfunctions"));
  });

  it("lands, asks, prepares, counts by Spark and publishes", async () => {
    const { outcome, states, called } = await execute("production", {});
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(states).toEqual(["Land", "HasTheHourLanded", "Prepare", "Count", "Publish"]);
    const count = called.find(({ state }) => state === "Count");
    expect(count?.input).toMatchObject({
      Name: RUN,
      JobDriver: {
        SparkSubmit: { EntryPointArguments: toJobArguments(sparkJobOf(`s3://${BUCKET}/lake/`, RUN)) },
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
      ["Publish", expect.objectContaining({ Command: BATCH_COMMANDS.publish, Environment: environment })],
    ]);
  });

  it("counts by DuckDB in one task, where the stage says so", async () => {
    const { outcome, states } = await execute("staging", {});
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(states).toEqual(["Land", "HasTheHourLanded", "Recount"]);
  });

  it("counts nothing where all is settled", async () => {
    const { outcome, states } = await execute("production", {
      HasTheHourLanded: () => ({ kind: "settled" }),
    });
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(states).toEqual(["Land", "HasTheHourLanded"]);
  });

  it("waits for an hour that has not landed, and lands again", async () => {
    const { outcome, states } = await execute("production", {
      HasTheHourLanded: (call) => ({
        kind: call < 4 ? "waiting" : "ready",
        shards: ["shardId-000000000001"],
      }),
    });
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(states.filter((state) => state === "Land")).toHaveLength(4);
    expect(states.at(-1)).toBe("Publish");
  });

  it("gives up an hour that never lands, and says which shards are late", async () => {
    const { outcome, states, called } = await execute("production", {
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
    const { outcome, states } = await execute("production", {
      Count: (call) => (call < 3 ? failing("States.TaskFailed") : {}),
      Publish: (call) => (call < 2 ? failing("ECS.AmazonECSException") : {}),
    });
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(states).toEqual([
      "Land",
      "HasTheHourLanded",
      "Prepare",
      "Count",
      "Count",
      "Count",
      "Publish",
      "Publish",
    ]);
  });

  it.each(["Land", "HasTheHourLanded", "Prepare", "Count", "Publish"])(
    "gives up where %s fails four times: nothing later runs, the cause is mailed, the run has failed",
    async (state) => {
      const { outcome, states, called } = await execute("production", { [state]: () => failing("Stubbed") });
      expect(outcome).toMatchObject({ kind: "failed" });
      expect(states.filter((one) => one === state)).toHaveLength(4);
      expect(states.at(-1)).toBe("TellFailure");
      expect(states.at(-2)).toBe(state);
      expect(JSON.stringify(called.at(-1)?.input)).toContain("Stubbed");
    },
  );

  it("has a bound to every task's time", () => {
    const { States, TimeoutSeconds } = definitionOf("production") as {
      States: Record<string, { Type: string; TimeoutSeconds?: number; Resource?: string }>;
      TimeoutSeconds: number;
    };
    expect(TimeoutSeconds).toBeGreaterThan(0);
    const tasks = Object.entries(States).filter(
      ([, { Type, Resource }]) => Type === "Task" && !Resource?.endsWith("sns:publish"),
    );
    expect(tasks).toHaveLength(5);
    for (const [name, { TimeoutSeconds: limit }] of tasks)
      expect([name, limit]).toEqual([name, expect.any(Number)]);
  });
});
