import { workerData } from "node:worker_threads";

/* The entry of the guard's thread. It runs while the process's own is kept busy by DuckDB. */

const EVERY_MS = 50;
const BYTES_PER_MB = 2 ** 20;

const { processMb } = workerData as { readonly processMb: number };

setInterval(() => {
  if (process.memoryUsage.rss() > processMb * BYTES_PER_MB) process.kill(process.pid, "SIGKILL");
}, EVERY_MS);
