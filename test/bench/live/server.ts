import { join } from "node:path";
import type { Socket } from "node:net";
import Fastify from "fastify";
import { apiPlugin, createReader } from "@freshet/serving-layer";
import { openDataDirectory, openDuckDb } from "@freshet/storage";

/*
 * Reader and API as `freshet serve` wires them, over a directory that another process writes: node server.js DIRECTORY
 * Says where it listens, and at `/bench/memory` what it holds.
 */
const [, , dir = ""] = process.argv;
const logger = { warn: (fields: object, message: string) => console.error(message, fields) };
const data = await openDataDirectory(join(dir, "data"));
const duckdb = await openDuckDb({ memoryMb: 256, threads: 1, tempDir: join(dir, "duckdb") });
const reader = await createReader({ data, duckdb, logger, now: Date.now });
const server = Fastify({ forceCloseConnections: true });
await server.register(apiPlugin(reader));
const sockets = new Set<Socket>();
server.server.on("connection", (socket) => {
  sockets.add(socket);
  socket.on("close", () => sockets.delete(socket));
});
let cpu = process.cpuUsage();
server.get("/bench/memory", () => {
  globalThis.gc?.();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  const { user, system } = process.cpuUsage(cpu);
  cpu = process.cpuUsage();
  const waiting = [...sockets].reduce((sum, { writableLength }) => sum + writableLength, 0);
  return { rss, heapUsed, arrayBuffers, waiting, cpuMs: (user + system) / 1_000 };
});
const address = await server.listen({ port: 0, host: "127.0.0.1" });
console.log(JSON.stringify({ address }));
process.on("SIGTERM", () => {
  void (async () => {
    await server.close();
    await reader.close();
    await duckdb.close();
    await data.close();
  })();
});
