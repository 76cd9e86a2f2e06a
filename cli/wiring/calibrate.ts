import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { startLandingThread } from "@freshet/batch-layer";
import type { EpochMs, SegmentKey } from "@freshet/model";
import {
  clicksApp,
  type Coefficients,
  createGenerated,
  DEFAULT_GENERATED,
  expectedDistinct,
  fitBytesOfMore,
  type GeneratedOptions,
} from "@freshet/simulators";
import { publishApp, startSpeedLayer } from "@freshet/speed-layer";
import type { LogEntry } from "@freshet/storage";
import { runBatchOn } from "./batchRun.js";
import { type Line, openLine } from "./line.js";
import { NEW_LOG } from "./newLog.js";

export interface CalibrateOptions {
  readonly events: number;
  readonly onStep: (text: string) => void;
}

/** What a pass is measured with. */
export interface PassOptions {
  readonly events: number;
  /** Of arrival: it says how many a segment holds. */
  readonly eventsPerSecond: number;
  readonly keys: number;
  readonly skew: number;
  /** Landing and batch are left out, and told as 0. */
  readonly speedOnly?: boolean;
}

const EVENTS_PER_SECOND = 50_000;
const SEGMENTS_LEAST = 4;
const FEW_KEYS = 10;
const MANY_KEYS = 900_000;
const SKEW = 1.1;
const SEED = 7;
const WARM_UP_SHARE = 0.25;
const ENTRIES = 500;
const PAGE_SEGMENTS = 1_000;

/** What one pass over a line measured, an event; times are microseconds of processor time, of all threads. */
export interface Pass {
  readonly groupsPerEvent: number;
  readonly groupsPerSegment: number;
  readonly eventBytes: number;
  readonly speedUs: number;
  readonly landUs: number;
  readonly batchUs: number;
  readonly bodyBytesPerSegment: number;
  readonly lakeBytes: number;
}

const cpuUsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
};

const bytesUnder = (directory: string): number =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

const generatedOf = ({ events, eventsPerSecond, keys, skew }: PassOptions): GeneratedOptions => ({
  ...DEFAULT_GENERATED,
  seed: SEED,
  fromMs: Date.now() - (events / eventsPerSecond) * 1_000,
  durationMs: (events / eventsPerSecond) * 1_000,
  rate: { kind: "steady", perSecond: eventsPerSecond },
  ...{ articles: keys, zipfExponent: skew, clusters: 1 },
  shares: { ...DEFAULT_GENERATED.shares, view: 1, late: 0, bad: 0 },
});

/** Lays the events into the log at their virtual arrival. Returns their bytes. */
const appendAll = async ({ data }: Line, options: GeneratedOptions): Promise<number> => {
  const source = createGenerated(options);
  let total = 0;
  while (source.dueMs < Number.POSITIVE_INFINITY) {
    const entries: LogEntry[] = [];
    while (entries.length < ENTRIES && source.dueMs < Number.POSITIVE_INFINITY) {
      const arrivalMs = Math.floor(options.fromMs + source.dueMs) as EpochMs;
      const room = Buffer.allocUnsafe(source.eventBytesMax);
      const event = room.subarray(0, source.write(room, 0));
      total += event.length;
      entries.push({ partitionKey: `${total}`, data: event, arrivalMs });
    }
    await data.log.append(entries);
  }
  return total;
};

const bodiesOf = async ({ data }: Line): Promise<{ readonly bytes: number; readonly segments: number }> => {
  let bytes = 0;
  let segments = 0;
  for (const { id } of await data.log.shards()) {
    for (let after: SegmentKey | null = null; ; ) {
      const page = await data.increments.segments(id, after, PAGE_SEGMENTS);
      for (const { body, finished } of page) {
        if (!finished) continue;
        segments++;
        bytes += body.kind === "inline" ? body.bytes.length : body.length;
      }
      if (page.length < PAGE_SEGMENTS) break;
      after = page.at(-1) ?? null;
    }
  }
  return { bytes, segments: Math.max(1, segments) };
};

/** Lays events into the log of a directory of its own, then runs one layer after the other over them. */
export const measurePass = async (options: PassOptions): Promise<Pass> => {
  const { events, eventsPerSecond, keys, skew } = options;
  const directory = mkdtempSync(join(tmpdir(), "freshet-calibrate-"));
  const common = { app: "", data: directory, json: false, logLevel: "error" };
  const line = await openLine(common, {}, { kind: "directory", dir: join(directory, "data") });
  try {
    const generated = generatedOf(options);
    await publishApp(line.data.records, line.data.log, clicksApp, generated.fromMs);
    const bytes = await appendAll(line, generated);
    const { store, logger } = line;
    const speedUs = await cpuUsOf(async () => {
      const speed = await startSpeedLayer({ store, threads: 0, logger });
      await speed.caughtUp();
      await speed.stop();
    });
    const landUs = await cpuUsOf(async () => {
      if (options.speedOnly) return;
      const landing = await startLandingThread({ store, logLevel: "error" });
      await landing.caughtUp();
      await landing.stop();
    });
    const lakeBytes = options.speedOnly ? 0 : bytesUnder(join(directory, "data", "lake", "raw"));
    const batchUs = await cpuUsOf(async () => {
      if (options.speedOnly) return;
      const schedule = { kind: "command" } as const;
      await runBatchOn(line, { rebuild: false, engine: "duckdb", schedule, requires: [], attemptsMax: 1 });
    });
    const bodies = await bodiesOf(line);
    const groupsPerSegment = expectedDistinct(eventsPerSecond / NEW_LOG.shards, keys, skew);
    return {
      groupsPerSegment,
      groupsPerEvent: (groupsPerSegment * NEW_LOG.shards) / eventsPerSecond,
      eventBytes: bytes / events,
      ...{ speedUs: speedUs / events, landUs: landUs / events, batchUs: batchUs / events },
      bodyBytesPerSegment: bodies.bytes / bodies.segments,
      lakeBytes: lakeBytes / events,
    };
  } finally {
    await line.close();
    rmSync(directory, { recursive: true, force: true });
  }
};

/**
 * Measures what an event costs on this machine: the line's own parts over generated events, with few groups, with many, and with almost one
 * an event; the differences are what groups cost. The first pass, shorter, only warms the code up.
 */
export const calibrate = async ({ events, onStep }: CalibrateOptions): Promise<Coefficients> => {
  const eventsPerSecond = Math.min(EVENTS_PER_SECOND, events / SEGMENTS_LEAST);
  const common = { events, eventsPerSecond, skew: SKEW };
  onStep("Warming up ...");
  await measurePass({ ...common, events: Math.ceil(events * WARM_UP_SHARE), keys: MANY_KEYS });
  onStep(`${events.toLocaleString("en")} events with few groups ...`);
  const few = await measurePass({ ...common, keys: FEW_KEYS, skew: 0, speedOnly: true });
  onStep(`${events.toLocaleString("en")} events with many groups ...`);
  const many = await measurePass({ ...common, keys: MANY_KEYS });
  onStep(`${events.toLocaleString("en")} events with almost as many groups ...`);
  const single = await measurePass({ ...common, keys: MANY_KEYS, skew: 0, speedOnly: true });
  const speedUsPerGroup = Math.max(
    0,
    (single.speedUs - few.speedUs) / (single.groupsPerEvent - few.groupsPerEvent),
  );
  const bodyBytesOfFirst = single.bodyBytesPerSegment / single.groupsPerSegment;
  const bodyBytesOfMost = few.bodyBytesPerSegment / few.groupsPerSegment;
  const perSegment = eventsPerSecond / NEW_LOG.shards;
  return {
    format: 1,
    measuredAt: new Date().toISOString(),
    machine: `${cpus()[0]?.model ?? "unknown"}, ${availableParallelism()} cores, Node ${process.version}`,
    measured: {
      eventBytes: many.eventBytes,
      speedUsPerEvent: Math.max(0.05, few.speedUs - few.groupsPerEvent * speedUsPerGroup),
      speedUsPerGroup,
      bodyBytesOfFirst,
      bodyBytesOfMore: fitBytesOfMore(
        { bodyBytesOfFirst, bodyBytesOfMost },
        { bytes: many.bodyBytesPerSegment, events: perSegment, keys: MANY_KEYS, exponent: SKEW },
      ),
      bodyBytesOfMost,
      landUsPerEvent: many.landUs,
      lakeBytesPerEvent: many.lakeBytes,
      batchUsPerEvent: many.batchUs,
    },
  };
};

export const EVENTS_LEAST = 10_000;
