import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { startLandingThread } from "@freshet/batch-layer";
import { clicksApp } from "@freshet/simulators";
import { publishApp, startSpeedLayer } from "@freshet/speed-layer";
import { type AppendOutcome, type DataDirectory, openDataDirectory } from "@freshet/storage";
import { pino } from "pino";
import { createFeed, type Feed, type FeedForm } from "./feed.js";

/** As `freshet dev` makes it. */
const SHARDS = 4;
const CREATE = { shards: SHARDS, segmentMs: 1_000, segmentEventsMax: 100_000, dedupeHorizonMs: 120_000 };
const SPEED_THREADS = 1;
const IN_FLIGHT_BYTES_MAX = 8 * 2 ** 20;

/** A new data directory with the clicks' app, removed by `end`. */
export interface LineDirectory {
  readonly data: DataDirectory;
  end(): Promise<void>;
}

export const makeLine = async (): Promise<LineDirectory> => {
  const directory = mkdtempSync(join(tmpdir(), "freshet-bench-"));
  const data = await openDataDirectory(join(directory, "data"), { create: CREATE });
  await publishApp(data.records, data.log, clicksApp, Date.now());
  return {
    data,
    async end() {
      await data.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};

/** Appends everything, with a few calls under way at a time. */
export const appendAll = async ({ log }: DataDirectory, feed: Feed): Promise<void> => {
  const waiting: { readonly bytes: number; readonly outcomes: Promise<readonly AppendOutcome[]> }[] = [];
  let waitingBytes = 0;
  const settleFirst = async (): Promise<void> => {
    const call = waiting.shift();
    if (!call) return;
    waitingBytes -= call.bytes;
    if ((await call.outcomes).some(({ kind }) => kind !== "stored")) throw new Error("an append was refused");
  };
  for (let entries = feed.next(); entries !== null; entries = feed.next()) {
    const bytes = entries.reduce((sum, { data }) => sum + data.length, 0);
    waiting.push({ bytes, outcomes: log.append(entries) });
    waitingBytes += bytes;
    while (waitingBytes > IN_FLIGHT_BYTES_MAX) await settleFirst();
  }
  while (waiting.length > 0) await settleFirst();
};

export const aFeed = (form: FeedForm, events: number): Feed => createFeed(form, events, SHARDS, Date.now());

export const msOf = async (work: () => Promise<unknown>): Promise<number> => {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
};

/** What a part of the line did with its time. */
export interface PartTimes {
  readonly ms: number;
  /** Milliseconds in which a thread was not waiting for anything, by the thread's part. */
  readonly busyMs: { readonly main: number; readonly threads: readonly number[] };
  readonly cpuMs: number;
}

interface Layer {
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
}

export const startSpeed = ({ dir }: DataDirectory): Promise<Layer> =>
  startSpeedLayer({
    store: { kind: "directory", dir },
    threads: SPEED_THREADS,
    logger: pino({ level: "warn" }),
  });

export const startLanding = ({ dir }: DataDirectory): Promise<Layer> =>
  startLandingThread({ store: { kind: "directory", dir }, logLevel: "warn" });

const US_PER_MS = 1_000;

/** Runs layers over what `work` appends, until all is folded, stored and landed. */
export const runLayers = async (
  start: readonly (() => Promise<Layer>)[],
  work: () => Promise<unknown>,
): Promise<PartTimes> => {
  const threads: Worker[] = [];
  const note = (thread: Worker): void => void threads.push(thread);
  process.on("worker", note);
  const layers = await Promise.all(start.map((one) => one()));
  const main = performance.eventLoopUtilization();
  const before = threads.map((thread) => thread.performance.eventLoopUtilization());
  const cpu = process.cpuUsage();
  const ms = await msOf(async () => {
    await work();
    await Promise.all(layers.map((layer) => layer.caughtUp()));
  });
  const { user, system } = process.cpuUsage(cpu);
  const busyMs = {
    main: performance.eventLoopUtilization(main).active,
    threads: threads.map((thread, index) => thread.performance.eventLoopUtilization(before[index]).active),
  };
  await Promise.all(layers.map((layer) => layer.stop()));
  process.off("worker", note);
  return { ms, busyMs, cpuMs: (user + system) / US_PER_MS };
};
