import { parentPort, workerData } from "node:worker_threads";
import { clickRecords, readsOf } from "./clickRecords.js";
import { createShardPath } from "./shardPath.js";

/** What a worker of the benchmark is started with: a thread by its data, a process by its first argument as JSON. */
export interface WorkerRunOptions {
  readonly seed: number;
  readonly events: number;
}

/* A worker with records of its own: folds them all whenever it is told to. */
const { seed, events } = (workerData ?? JSON.parse(process.argv[2] ?? "")) as WorkerRunOptions;
const reads = readsOf(clickRecords(events, { seed }));
const createPipeline = createShardPath("never");

const fold = (): { segments: number } => {
  const pipeline = createPipeline();
  for (const records of reads) pipeline.take(records);
  return { segments: pipeline.finish().length };
};

if (parentPort) {
  const port = parentPort;
  port.on("message", () => port.postMessage(fold()));
  port.postMessage("ready");
} else {
  process.on("message", () => process.send?.(fold()));
  process.send?.("ready");
}
