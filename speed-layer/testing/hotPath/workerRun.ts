import { parentPort, workerData } from "node:worker_threads";
import { clickRecords, readsOf } from "./clickRecords.js";
import { createShardPath } from "./shardPath.js";

/** What a worker of the benchmark is started with. */
export interface WorkerRunOptions {
  readonly seed: number;
  readonly events: number;
}

/* A worker with records of its own: folds them all whenever it is told to. */
const { seed, events } = workerData as WorkerRunOptions;
const reads = readsOf(clickRecords(events, { seed }));
const createPipeline = createShardPath("never");

parentPort?.on("message", () => {
  const pipeline = createPipeline();
  for (const records of reads) pipeline.take(records);
  parentPort?.postMessage({ segments: pipeline.finish().length });
});
parentPort?.postMessage("ready");
