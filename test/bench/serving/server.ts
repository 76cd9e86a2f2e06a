import { join } from "node:path";
import { monitorEventLoopDelay, performance, PerformanceObserver } from "node:perf_hooks";
import Fastify from "fastify";
import { apiPlugin, createReader } from "@freshet/serving-layer";
import { openDataDirectory, openDuckDb } from "@freshet/storage";
import { BASE_MS } from "./makeWorld.js";

/*
 * Reader and API as `freshet serve` wires them, over a directory that others write: node server.js DIRECTORY STARTED_MS
 * Says `{"port"}` when it answers, and at its end how busy it was.
 */
const [, , dir = "", started = ""] = process.argv;
const MB = 1e6;
const logger = { warn: (fields: object, message: string) => console.error(message, fields) };
const data = await openDataDirectory(join(dir, "data"));
const duckdb = await openDuckDb({ memoryMb: 1_024, threads: 1, tempDir: join(dir, "duckdb") });
const now = (): number => BASE_MS + Date.now() - Number(started);
const reader = await createReader({ data, duckdb, logger, now });
const readyMs = performance.now();
const server = Fastify({ forceCloseConnections: true });
await server.register(apiPlugin(reader));

let pauses: number[] = [];
const observer = new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) pauses.push(duration);
});
observer.observe({ entryTypes: ["gc"] });
const delay = monitorEventLoopDelay({ resolution: 1 });
let cpu = process.cpuUsage();
let fromMs = performance.now();
let utilization = performance.eventLoopUtilization();
let versions = 0;
reader.onChange(() => versions++);
server.get("/bench/start", () => {
  delay.reset();
  delay.enable();
  pauses = [];
  versions = 0;
  cpu = process.cpuUsage();
  fromMs = performance.now();
  utilization = performance.eventLoopUtilization();
  return {};
});
server.get("/bench/stop", () => {
  const used = process.cpuUsage(cpu);
  const tookMs = performance.now() - fromMs;
  const { heapUsed, rss, arrayBuffers } = process.memoryUsage();
  return {
    cpuShare: (used.user + used.system) / 1_000 / tookMs,
    loopShare: performance.eventLoopUtilization(utilization).utilization,
    delayP99Ms: delay.percentile(99) / MB,
    delayMaxMs: delay.max / MB,
    gcShare: pauses.reduce((sum, each) => sum + each, 0) / tookMs,
    gcMaxMs: Math.max(0, ...pauses),
    versionsPerSecond: (versions * 1_000) / tookMs,
    heapMb: heapUsed / MB,
    buffersMb: arrayBuffers / MB,
    rssMb: rss / MB,
  };
});
const address = await server.listen({ port: 0, host: "127.0.0.1" });
console.log(JSON.stringify({ address, startedInMs: readyMs }));
process.on("SIGTERM", () => {
  void (async () => {
    await server.close();
    await reader.close();
    await duckdb.close();
    await data.close();
  })();
});
