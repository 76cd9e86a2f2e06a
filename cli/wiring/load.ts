import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { createClient } from "@freshet/client";
import { parseDuration } from "@freshet/model";
import { httpTransport, systemClock } from "@freshet/sdk";
import {
  DEFAULT_GENERATED,
  type GeneratedShares,
  generatedWorkload,
  httpTarget,
  type LoadProgress,
  type LoadReport,
  type LoadResult,
  type LoadTarget,
  logTarget,
  newsLoad,
  nextRate,
  readRecorded,
  recordedLoad,
  parseCurve,
  warmedUp,
  runLoad,
  sdkTarget,
  type SearchStep,
  whyNotHeld,
  type Workload,
} from "@freshet/simulators";
import { Failure } from "../output/failure.js";
import { openLine } from "./line.js";
import type { CommonOptions } from "./options.js";

export interface LoadRunOptions extends CommonOptions {
  readonly workload: "generated" | "news";
  readonly through: "http" | "sdk" | "log";
  readonly rate: number;
  readonly duration: string;
  readonly warmUp: string;
  readonly curve: string;
  readonly search: boolean;
  readonly freshness: string;
  readonly seed: number;
  readonly keys?: number;
  readonly skew?: number;
  readonly late?: number;
  readonly nearDuplicates?: number;
  readonly farDuplicates?: number;
  readonly shardDuplicates?: number;
  readonly bad?: number;
  readonly hot?: number;
  readonly clockSkew?: string;
  readonly key?: string;
  readonly file?: string;
  readonly speed: number;
  readonly fanOut: number;
  readonly fanBy?: string;
}

export interface LoadListener {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
  readonly onStep: (text: string) => void;
}

/** Probes count in a window of an hour. */
const DURATION_MS_MAX = 50 * 60_000;
const SEARCH_WITHIN = 0.05;
/** What a step left behind is gone before the next. */
const REST_MS = 2_000;

const sharesOf = (options: LoadRunOptions, target: LoadTarget): GeneratedShares => {
  const { shares } = DEFAULT_GENERATED;
  const { late, nearDuplicates, farDuplicates, shardDuplicates, bad, hot } = options;
  if (!target.keepsPartitionKeys && (shardDuplicates || hot))
    throw new Failure(
      "a collector computes partition keys itself: --shard-duplicates and --hot need --through log",
    );
  if (!target.takesBadText && bad)
    throw new Failure("the SDK does not emit what is no JSON: --bad needs --through http or log");
  return {
    ...shares,
    bad: bad ?? (target.takesBadText ? shares.bad : 0),
    late: late ?? shares.late,
    nearDuplicate: nearDuplicates ?? shares.nearDuplicate,
    farDuplicate: farDuplicates ?? shares.farDuplicate,
    shardDuplicate: shardDuplicates ?? shares.shardDuplicate,
    hot: hot ?? shares.hot,
  };
};

const recordedOf = (file: string, options: LoadRunOptions, durationMs: number): Workload => {
  if (options.search) throw new Failure("--file has no probes, so no freshness to search by");
  if (!existsSync(file)) throw new Failure(`cannot read ${file}: no such file.`);
  const { speed, fanOut, fanBy } = options;
  const events = readRecorded(readFileSync(file));
  return recordedLoad(file, { events, speed, fanOut, fanBy: fanBy ?? null, durationMs });
};

/** A file has the rate that it has: nothing rises. */
const warmUpOf = ({ file, warmUp }: LoadRunOptions): number =>
  file === undefined ? parseDuration(warmUp) : 0;

const workloadAt = (options: LoadRunOptions, target: LoadTarget, perSecond: number): Workload => {
  const { seed, keys, skew, clockSkew } = options;
  const warmUpMs = warmUpOf(options);
  const durationMs = warmUpMs + parseDuration(options.duration);
  if (durationMs > DURATION_MS_MAX) throw new Failure(`--duration: at most ${DURATION_MS_MAX / 60_000}m`);
  if (options.workload === "news") return newsLoad({ seed, durationMs, eventsPerSecond: perSecond });
  try {
    if (options.file !== undefined) return recordedOf(options.file, options, durationMs);
    return generatedWorkload({
      ...DEFAULT_GENERATED,
      ...{
        seed,
        durationMs,
        rate: warmedUp(parseCurve(options.curve, perSecond, durationMs - warmUpMs), warmUpMs),
      },
      ...(keys !== undefined && { articles: keys }),
      ...(skew !== undefined && { zipfExponent: skew }),
      ...(clockSkew !== undefined && {
        clocks: { ...DEFAULT_GENERATED.clocks, skewMaxMs: parseDuration(clockSkew) },
      }),
      shares: sharesOf(options, target),
    });
  } catch (error) {
    if (error instanceof RangeError) throw new Failure(error.message);
    throw error;
  }
};

interface OpenTarget {
  readonly target: LoadTarget;
  close(): Promise<void>;
}

const openTarget = async (
  address: string,
  options: LoadRunOptions,
  key: string | undefined,
): Promise<OpenTarget> => {
  const withKey = key === undefined ? {} : { key };
  switch (options.through) {
    case "http": {
      const target = httpTarget({ url: address, ...withKey });
      return { target, close: target.close };
    }
    case "sdk": {
      const target = sdkTarget(`SDK to ${address}`, httpTransport({ url: address, ...withKey }), false);
      return { target, close: target.close };
    }
    case "log": {
      const line = await openLine(options);
      const target = await logTarget(`the log ${line.data.log.identity.id}`, line.data.log);
      return { target, close: () => line.close() };
    }
  }
};

/** Runs one load, or the steps of a search. @throws Failure for a server that cannot be asked. */
export const runLoads = async (
  address: string,
  options: LoadRunOptions,
  { signal, onProgress, onStep }: LoadListener,
): Promise<LoadReport> => {
  const key = options.key ?? process.env["FRESHET_KEY"];
  const client = createClient({ url: address, key });
  const freshnessMsMax = parseDuration(options.freshness);
  const { target, close } = await openTarget(address, options, key);
  const runAt = (perSecond: number): Promise<LoadResult> =>
    runLoad({
      ...{ workload: workloadAt(options, target, perSecond), target, client },
      durationMs: parseDuration(options.duration) + warmUpOf(options),
      warmUpMs: warmUpOf(options),
      seed: options.seed,
      ...{ run: `load-${randomUUID().slice(0, 8)}`, clock: systemClock, onProgress, signal },
    });
  const runs: LoadResult[] = [];
  const steps: SearchStep[] = [];
  let highestPerSecond: number | null = null;
  try {
    await expectMetric(client, workloadAt(options, target, options.rate));
    if (!options.search) runs.push(await runAt(options.rate));
    while (options.search && !signal.aborted) {
      const decision = nextRate(steps, { startPerSecond: options.rate, within: SEARCH_WITHIN });
      if (decision.kind === "found") {
        highestPerSecond = decision.perSecond;
        break;
      }
      const { perSecond } = decision;
      const run = await runAt(perSecond);
      const because = whyNotHeld(run, { freshnessP99MsMax: freshnessMsMax });
      runs.push(run);
      steps.push({ perSecond, held: because === null, because });
      onStep(`${perSecond.toLocaleString("en")} events/s: ${because ?? "held"}`);
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
    }
  } finally {
    await close();
  }
  return {
    format: 1,
    mode: options.search ? "search" : "hold",
    freshnessMsMax,
    machine: { node: process.version, cpu: cpus()[0]?.model ?? "unknown", cores: availableParallelism() },
    steps,
    highestPerSecond,
    runs,
  };
};

/** @throws Failure where nobody answers, or another app is served. */
const expectMetric = async (client: ReturnType<typeof createClient>, { probe }: Workload): Promise<void> => {
  const { metrics } = await client.metrics();
  if (probe === null) return;
  if (metrics.some(({ name }) => name === probe.metric)) return;
  throw new Failure(
    `the server has no metric ${probe.metric}: serve examples/news or examples/clicks, which know the workload's events`,
  );
};
