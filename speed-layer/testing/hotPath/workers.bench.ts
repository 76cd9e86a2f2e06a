import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { DEFAULT_CLICKS } from "@freshet/simulators";
import { report } from "./report.js";
import { interleave, type Measured } from "./rounds.js";
import { sizes } from "./sizes.js";
import type { WorkerRunOptions } from "./workerRun.js";

/*
 * Two worker threads, each with records of its own, beside one: what a second core adds. And two processes, which share nothing but the
 * machine: what a second core of it can add at all.
 */
const { events, rounds } = sizes({ events: 1_000_000, rounds: 5 });
const script = new URL("./workerRun.js", import.meta.url);
const seeds = [DEFAULT_CLICKS.seed, DEFAULT_CLICKS.seed + 1] as const;

interface Runner {
  fold(): Promise<unknown>;
  stop(): unknown;
}

const thread = async (seed: number): Promise<Runner> => {
  const workerData: WorkerRunOptions = { seed, events };
  const worker = new Worker(script, { workerData });
  await once(worker, "message");
  const fold = (): Promise<unknown> => {
    const done = once(worker, "message");
    worker.postMessage("fold");
    return done;
  };
  return { fold, stop: () => worker.terminate() };
};

const childProcess = async (seed: number): Promise<Runner> => {
  const options: WorkerRunOptions = { seed, events };
  const child: ChildProcess = fork(fileURLToPath(script), [JSON.stringify(options)]);
  await once(child, "message");
  const fold = (): Promise<unknown> => {
    const done = once(child, "message");
    child.send("fold");
    return done;
  };
  return { fold, stop: () => child.kill() };
};

const threads = await Promise.all(seeds.map(thread));
const processes = await Promise.all(seeds.map(childProcess));
const foldAll = (runners: readonly Runner[]): Promise<unknown> =>
  Promise.all(runners.map(({ fold }) => fold()));
await foldAll(threads); // warms up
await foldAll(processes);
const results = await interleave<unknown>(rounds, [
  { name: "one thread", run: () => foldAll(threads.slice(0, 1)) },
  { name: "two threads", run: () => foldAll(threads) },
  { name: "one process", run: () => foldAll(processes.slice(0, 1)) },
  { name: "two processes", run: () => foldAll(processes) },
]);
await Promise.all([...threads, ...processes].map((runner) => runner.stop()));

const named = (name: string): Measured => results.get(name) as Measured;
const perSecond = (ms: number): number => Math.round((2 * events * 1000) / ms);
const setting = {
  cores: availableParallelism(),
  seed: seeds[0],
  events: 2 * events,
  rounds,
  unit: "events/s",
};
report({
  name: "KPL bytes to increments, two workers",
  value: perSecond(named("two threads").medianMs),
  ratio: 2 * named("two threads").timesFasterThan(named("one thread")),
  against: "one worker",
  ...{ min: 1.8, aimRate: 5_000_000, best: perSecond(named("two threads").bestMs), chart: "rates" },
  ...setting,
});
report({
  name: "the same, two processes: what the machine can give",
  value: perSecond(named("two processes").medianMs),
  ratio: 2 * named("two processes").timesFasterThan(named("one process")),
  against: "one process",
  ...setting,
});
