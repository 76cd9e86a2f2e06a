import type { GenerationPointer, RunRecord } from "@freshet/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listRuns } from "../runs/runRecord.js";
import { firstApp } from "../testing/apps.js";
import { published } from "../testing/expect.js";
import { createWorld, quiet, scheduleOf, type World } from "../testing/world.js";
import { giveUpRun, prepareRun, publishRun, type SteppedRunOptions } from "./steppedRun.js";
import { JOB_TIMEOUT_MS, nextStepOf, STEPPED_RUN } from "./steppedRunRecord.js";

const HOUR_MS = 3_600_000;

let world: World;
beforeEach(async () => {
  world = await createWorld(11, scheduleOf({ app: firstApp }));
  await more();
});
afterEach(() => world.close());

const more = async (): Promise<void> => {
  await world.emit(40);
  await world.heartbeats();
  await world.heartbeats();
  await world.record();
  await world.land();
};

const optionsOf = (run: string): SteppedRunOptions => ({
  ...{ data: world.data, duckdb: world.duckdb, logger: quiet, now: () => world.nowMs, run },
  timeoutMs: 60_000,
  startTimer: () => () => {},
  costOf: (machineMs) => ({ kind: "machine_seconds", seconds: machineMs / 1_000 }),
});

const standing = async (): Promise<GenerationPointer | undefined> =>
  (await world.data.records.get<GenerationPointer>("generation"))?.value;

const outcomes = async (): Promise<readonly RunRecord["outcome"][]> =>
  (await listRuns(world.data.records)).map(({ outcome }) => outcome);

// What becomes of a job's result is shown with Spark itself, in steppedRun.spark.engine.test.ts.
describe("a run in steps", () => {
  it("writes its job once, however often it is prepared", async () => {
    const first = await prepareRun(optionsOf("a"));
    expect(first).toEqual({ kind: "prepared", job: { generation: 1, job: 1 } });
    const written = await world.data.lake.list("generations/");
    for (const file of ["job.json", "cut.json", "plan.json", "segment_rejected.parquet"])
      expect(written).toContain(`generations/spark/1/1/${file}`);
    expect(await prepareRun(optionsOf("a"))).toEqual(first);
    expect(await world.data.lake.list("generations/")).toEqual(written);
    expect(await nextStepOf(world.data.records, "a")).toEqual({ kind: "count", job: "1/1" });
    expect(await outcomes()).toEqual(["running"]);
    expect(await standing()).toBeUndefined();
  });

  it("holds off every other run, in steps or not, until it is given up", async () => {
    await prepareRun(optionsOf("a"));
    const busy = { kind: "busy", by: { name: STEPPED_RUN, owner: "a", pid: null } };
    expect(await prepareRun(optionsOf("b"))).toMatchObject(busy);
    expect(await world.batch()).toMatchObject(busy);
    expect(await giveUpRun(optionsOf("b"))).toBe(false);
    await expect(nextStepOf(world.data.records, "b")).rejects.toThrow("the newest that was prepared is a");
    expect(await giveUpRun(optionsOf("a"))).toBe(true);
    expect(await giveUpRun(optionsOf("a"))).toBe(false);
    expect(await outcomes()).toEqual(["failed"]);
    for (const again of [prepareRun, publishRun])
      await expect(again(optionsOf("a"))).rejects.toThrow("has ended (failed)");
    await expect(nextStepOf(world.data.records, "a")).rejects.toThrow("has ended (failed)");
    const next = published(await world.batch());
    expect(next.generation).toBe(2);
    expect(await world.data.lake.list("generations/spark/")).toEqual([]);
  });

  it("of two that are prepared at once lets one be", async () => {
    const both = await Promise.all(["a", "b"].map((run) => prepareRun(optionsOf(run))));
    expect(both.map(({ kind }) => kind).sort()).toEqual(["busy", "prepared"]);
  });

  it("holds nobody off when its job is overdue, and then publishes nothing", async () => {
    await prepareRun(optionsOf("a"));
    world.nowMs += JOB_TIMEOUT_MS;
    expect(await world.batch()).toMatchObject({ kind: "busy" });
    world.nowMs += HOUR_MS;
    const other = published(await world.batch());
    expect(await publishRun(optionsOf("a"))).toEqual({ kind: "superseded" });
    expect(await standing()).toMatchObject({ generation: other.generation });
    expect(await publishRun(optionsOf("a"))).toEqual({ kind: "superseded" });
    expect(await prepareRun(optionsOf("b"))).toMatchObject({ kind: "prepared" });
    expect(await publishRun(optionsOf("a"))).toMatchObject({ kind: "busy", by: { owner: "b" } });
    await giveUpRun(optionsOf("b"));
    await expect(publishRun(optionsOf("a"))).rejects.toThrow("the newest that was prepared is b");
  });

  it("publishes nothing where its job has left no result, and can be asked again", async () => {
    await prepareRun(optionsOf("a"));
    for (let attempt = 0; attempt < 2; attempt++)
      await expect(publishRun(optionsOf("a"))).rejects.toThrow("result.json");
    expect(await standing()).toBeUndefined();
    expect(await nextStepOf(world.data.records, "a")).toEqual({ kind: "count", job: "1/1" });
  });

  it("is refused where none was prepared", async () => {
    await expect(publishRun(optionsOf("a"))).rejects.toThrow("run a is not under way: none was prepared");
    await expect(nextStepOf(world.data.records, "a")).rejects.toThrow("none was prepared");
    expect(await giveUpRun(optionsOf("a"))).toBe(false);
  });

  it("prepares again what was broken off, by another number", async () => {
    const { records } = world.data;
    const dying = {
      ...optionsOf("a"),
      data: {
        ...world.data,
        records: {
          ...records,
          replace: async <T>(name: string, expected: number, value: T) => {
            if (name === STEPPED_RUN) throw new Error("died");
            return records.replace(name, expected, value);
          },
        },
      },
    };
    await expect(prepareRun(dying)).rejects.toThrow("died");
    await expect(nextStepOf(records, "a")).rejects.toThrow("none was prepared");
    expect(await prepareRun(optionsOf("a"))).toEqual({
      kind: "prepared",
      job: { generation: 2, job: 1 },
    });
    await giveUpRun(optionsOf("a"));
    published(await world.batch());
    expect(await world.data.lake.list("generations/spark/")).toEqual([]);
  });

  it("that requires the hour holds nobody off where it has not landed, says what lacks, and may be prepared again", async () => {
    const required = { ...optionsOf("a"), requires: ["landed"] as const };
    world.nowMs += 2 * HOUR_MS;
    const lacking = [{ name: "landed", required: true, holds: false }];
    expect(await prepareRun(required)).toMatchObject({ kind: "unready", lacking });
    await expect(nextStepOf(world.data.records, "a")).rejects.toThrow("none was prepared");
    const [run] = await listRuns(world.data.records);
    expect(run).toMatchObject({ outcome: "unready", preconditions: lacking });
    expect(run?.log).toMatchObject([{ level: "warn", text: expect.stringContaining("not landed") }]);
    await more();
    world.nowMs += 1;
    expect(await prepareRun(required)).toMatchObject({ kind: "prepared" });
    expect(await outcomes()).toEqual(["running", "unready"]);
  });

  it("is interrupted in a step whose time is over, keeps what its steps took, and may be asked again", async () => {
    const tick = (): number => (world.nowMs += 5);
    const cost = { costOf: (seconds: number) => ({ kind: "machine_seconds", seconds }) as const };
    const ticking = { ...optionsOf("a"), ...cost, now: tick };
    expect(await prepareRun(ticking)).toMatchObject({ kind: "prepared" });
    const [prepared] = await listRuns(world.data.records);
    const over = { ...ticking, startTimer: (_: number, action: () => void) => (action(), () => {}) };
    await expect(publishRun(over)).rejects.toThrow("interrupted after 60 s");
    expect(await nextStepOf(world.data.records, "a")).toEqual({ kind: "count", job: "1/1" });
    const [run] = await listRuns(world.data.records);
    expect(run).toMatchObject({ outcome: "running", timeoutMs: 60_000 });
    expect(run?.attempts.map(({ error }) => error)).toEqual([
      null,
      expect.stringContaining("interrupted after 60 s"),
    ]);
    const spent = (run?.attempts ?? []).reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
    expect(run?.cost).toEqual({ kind: "machine_seconds", seconds: spent });
    expect(spent).toBeGreaterThan(prepared?.attempts[0]?.elapsedMs ?? Number.POSITIVE_INFINITY);
  });
});
