import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { DEFAULT_CLICKS } from "@freshet/simulators";
import { report } from "./report.js";
import { interleave, type Measured } from "./rounds.js";
import { sizes } from "./sizes.js";
import type { WorkerRunOptions } from "./workerRun.js";

/* Two worker threads, each with records of its own, beside one: what a second core adds. */
const { events, rounds } = sizes({ events: 1_000_000, rounds: 5 });

const started = async (seed: number): Promise<Worker> => {
  const workerData: WorkerRunOptions = { seed, events };
  const worker = new Worker(new URL("./workerRun.js", import.meta.url), { workerData });
  await once(worker, "message");
  return worker;
};

const fold = async (worker: Worker): Promise<void> => {
  const done = once(worker, "message");
  worker.postMessage("fold");
  await done;
};

const workers = [await started(DEFAULT_CLICKS.seed), await started(DEFAULT_CLICKS.seed + 1)] as const;
await Promise.all(workers.map(fold)); // warms up
const results = await interleave<unknown>(rounds, [
  { name: "one", run: () => fold(workers[0]) },
  { name: "two", run: () => Promise.all(workers.map(fold)) },
]);
await Promise.all(workers.map((worker) => worker.terminate()));

const one = results.get("one") as Measured;
const two = results.get("two") as Measured;
report({
  name: "KPL bytes to increments, two workers",
  value: Math.round((2 * events * 1000) / two.medianMs),
  unit: "events/s",
  ratio: 2 * two.timesFasterThan(one),
  against: "one worker",
  ...{ min: 1.8, aimRate: 5_000_000, best: Math.round((2 * events * 1000) / two.bestMs) },
  ...{ cores: availableParallelism(), seed: DEFAULT_CLICKS.seed, events: 2 * events, rounds, chart: "rates" },
});
