import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { type DataDirectory, openDataDirectory } from "@freshet/storage";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { publishApp } from "../schedule/publish.js";
import type * as Built from "../speedLayer.js";
import { testApp } from "../world/testApp.sim.js";

/** Threads load the built files. */
const { startSpeedLayer } = (await import(
  new URL("../dist/speedLayer.js", import.meta.url).href
)) as typeof Built;

const logger = pino({ level: "silent" });
const create = { shards: 4, segmentMs: 1_000, segmentEventsMax: 500, dedupeHorizonMs: 120_000 };
const EVENTS = 6_000;
let dir = "";
let data: DataDirectory;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "freshet-threads-"));
  data = await openDataDirectory(dir, { create });
  await publishApp(data.records, data.log, testApp(1), Date.now());
});
afterEach(async () => {
  await data.close();
  await rm(dir, { recursive: true });
});

const append = async (from: number): Promise<void> => {
  const entries = Array.from({ length: EVENTS }, (_, index) => {
    const fields = { page: `/${index % 50}`, user: `u${index}`, amount: index % 5 };
    const text = JSON.stringify({ type: "hit", id: String(from + index), time: Date.now(), ...fields });
    return { partitionKey: String(index), data: Buffer.from(text) };
  });
  await data.log.append(entries);
};
const accepted = async (): Promise<number> => {
  const shards = await data.log.shards();
  const stored = await Promise.all(shards.map(({ id }) => data.increments.segments(id, null, 10_000)));
  return stored.flat().reduce((sum, { counts }) => sum + counts.accepted, 0);
};
/** Threads started from now on. */
const watchThreads = (): Worker[] => {
  const threads: Worker[] = [];
  process.on("worker", (thread) => threads.push(thread));
  return threads;
};

describe("speed threads", () => {
  it("fold the shards between them, and one that dies is started again from the checkpoints", async () => {
    const threads = watchThreads();
    const layer = await startSpeedLayer({ store: { kind: "directory", dir }, threads: 2, logger });
    await append(0);
    await layer.caughtUp();
    expect(threads).toHaveLength(2);
    expect(await accepted()).toBe(EVENTS);
    await append(EVENTS);
    await threads[0]!.terminate();
    await layer.caughtUp();
    expect(threads).toHaveLength(3);
    expect(await accepted()).toBe(2 * EVENTS);
    await layer.stop();
    process.removeAllListeners("worker");
  });

  it("stop the whole layer when the fuse blows, and go on with the fuse off", async () => {
    const fuse = { windowMs: 60_000, eventsMin: 50, ratioMax: 0.5 };
    const bad = Array.from({ length: 200 }, (_, index) => ({
      partitionKey: String(index),
      data: Buffer.from("no"),
    }));
    await data.log.append(bad);
    const layer = await startSpeedLayer({
      store: { kind: "directory", dir },
      threads: 1,
      logger,
      settings: { fuse },
    });
    const failure = await layer.failed;
    expect(failure).toMatchObject({
      kind: "fuse",
      message: expect.stringContaining("events could not be counted"),
    });
    await expect(layer.caughtUp()).rejects.toThrow("events could not be counted");
    await layer.stop();
    const again = await startSpeedLayer({
      store: { kind: "directory", dir },
      threads: 1,
      logger,
      settings: { fuse: null },
    });
    await again.caughtUp();
    await again.stop();
    expect(await data.deadLetters.count()).toBe(200);
  });
});
