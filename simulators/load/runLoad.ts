import type { Client } from "@freshet/client";
import type { Clock } from "@freshet/sdk";
import type { Workload } from "../workloads/source.js";
import { createLedger, type Ledger, type LoadCounts, type LoadSecond } from "./counts.js";
import { drive } from "./drive.js";
import { joinSources } from "./joinSources.js";
import type { LatencyPoint, LatencySummary } from "./latencies.js";
import { createProbes, type FreshSecond, noProbes, type Probes } from "./probe.js";
import type { LoadTarget } from "./target.js";
import {
  askLine,
  compareAnswers,
  type Correctness,
  countsSince,
  type LineAnswers,
  type TimeRange,
} from "./verify.js";

export interface LoadOptions {
  readonly workload: Workload;
  readonly target: LoadTarget;
  /** Of the server that answers questions. */
  readonly client: Client;
  /** With the warm-up, whose latencies do not count; all else does. */
  readonly durationMs: number;
  readonly warmUpMs?: number;
  readonly seed: number;
  /** Sets this run's probes apart from those of others. */
  readonly run: string;
  readonly clock: Clock;
  readonly probeEveryMs?: number;
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly signal?: AbortSignal;
}

export interface LoadProgress extends LoadCounts {
  readonly elapsedMs: number;
  readonly acceptance: LatencySummary;
  readonly freshness: LatencySummary;
  readonly probesUnseen: number;
}

/** What a load measured. Times are milliseconds, from the moment at which an event was meant to be sent. */
export interface LoadResult {
  readonly workload: string;
  readonly target: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly warmUpMs: number;
  /** Until every event had its outcome, and until everything was counted. */
  readonly settledMs: number;
  readonly countedMs: number;
  readonly counts: LoadCounts;
  readonly acceptance: LatencySummary;
  readonly freshness: LatencySummary;
  readonly probes: { readonly sent: number; readonly seen: number };
  readonly correctness: Correctness;
  readonly failures: readonly string[];
  readonly seconds: readonly LoadSecond[];
  readonly freshSeconds: readonly FreshSecond[];
  readonly distributions: {
    readonly acceptance: readonly LatencyPoint[];
    readonly freshness: readonly LatencyPoint[];
  };
}

const PROBE_EVERY_MS = 20;
const PROGRESS_EVERY_MS = 1_000;
/** Connections are made and the live stream is open before the first event is due. */
const LEAD_MS = 500;
/** What was accepted is counted by then, or it is missing. */
const COUNTED_WITHIN_MS = 120_000;
const ASK_EVERY_MS = 250;
const SKEW_MS = 3_600_000;

const sleep = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(ms, resolve);
  });

const progressOf = (ledger: Ledger, probes: Probes, elapsedMs: number): LoadProgress => ({
  ...ledger.counts(),
  elapsedMs,
  acceptance: ledger.acceptance(),
  freshness: probes.freshness(),
  probesUnseen: probes.sent - probes.seen,
});

/** Sends a workload to a target and says what came of it. @throws what the client throws where the server cannot be asked. */
export const runLoad = async (options: LoadOptions): Promise<LoadResult> => {
  const { workload, target, client, durationMs, seed, run, clock, signal } = options;
  const range: TimeRange = {
    fromMs: clock.epochMs() - workload.lateMaxMs - SKEW_MS,
    toMs: clock.epochMs() + durationMs + SKEW_MS,
  };
  const before = await askLine(client, workload.watched, range);
  const fromMs = clock.epochMs() + LEAD_MS;
  const startMs = clock.elapsedMs() + LEAD_MS;
  const stream = workload.open(fromMs);
  const everyMs = options.probeEveryMs ?? PROBE_EVERY_MS;
  const warmUpMs = options.warmUpMs ?? 0;
  const { probe: plan } = workload;
  const probes =
    plan === null
      ? noProbes(stream)
      : createProbes({
          ...{ client, plan, seed, run, fromMs, durationMs, warmUpMs, everyMs },
          elapsedMs: clock.elapsedMs,
        });
  probes.follow(startMs);
  await sleep(clock, LEAD_MS);
  const ledger = createLedger(warmUpMs);
  const source = plan === null ? stream : joinSources(stream, probes.source);

  let isDone = false;
  const tell = (): void => {
    if (isDone) return;
    options.onProgress?.(progressOf(ledger, probes, clock.elapsedMs() - startMs));
    clock.after(PROGRESS_EVERY_MS, tell);
  };
  clock.after(PROGRESS_EVERY_MS, tell);
  try {
    await drive({ source, target, clock, ledger, startMs, ...(signal && { signal }) });
    const settledMs = clock.elapsedMs() - startMs;
    const known = source.answers();
    const { failed } = ledger.counts();
    const after = await askUntilCounted(options, range, before, known.ledger.events, failed);
    const countedMs = clock.elapsedMs() - startMs;
    return {
      workload: workload.name,
      target: target.name,
      startedAt: new Date(fromMs).toISOString(),
      durationMs,
      warmUpMs,
      settledMs,
      countedMs,
      counts: ledger.counts(),
      acceptance: ledger.acceptance(),
      freshness: probes.freshness(),
      probes: { sent: probes.sent, seen: probes.seen },
      correctness: compareAnswers(known, before, after, failed),
      failures: ledger.failures(),
      seconds: ledger.seconds(),
      freshSeconds: probes.seconds(),
      distributions: { acceptance: ledger.distribution(), freshness: probes.distribution() },
    };
  } finally {
    isDone = true;
    await probes.close();
  }
};

/** Asks until as many events are counted as were sent, or it has taken too long: then what is there. */
const askUntilCounted = async (
  { client, clock, workload }: LoadOptions,
  range: TimeRange,
  before: LineAnswers,
  events: number,
  failed: number,
): Promise<LineAnswers> => {
  const untilMs = clock.elapsedMs() + COUNTED_WITHIN_MS;
  for (;;) {
    const ledger = (await client.status()).ledger;
    const counted = countsSince({ ...ledger, rejected: { ...ledger.rejected } }, before.ledger).events;
    if (counted >= events - failed || clock.elapsedMs() > untilMs) break;
    await sleep(clock, ASK_EVERY_MS);
  }
  // the last probes are on their way to the live stream
  await sleep(clock, PROGRESS_EVERY_MS);
  return askLine(client, workload.watched, range);
};
