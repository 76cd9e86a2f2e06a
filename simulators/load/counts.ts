import { createLatencies, type Latencies, type LatencyPoint, type LatencySummary } from "./latencies.js";
import type { LoadVerdict } from "./target.js";

/** What has become of the events of a load so far: `sent = stored + rejected + failed + waiting`. */
export interface LoadCounts {
  readonly sent: number;
  readonly stored: number;
  readonly rejected: number;
  readonly failed: number;
  readonly waiting: number;
  /** How often an event was told to come again. */
  readonly throttled: number;
  /** The furthest that sending was behind what was due: back-pressure, or a generator that is too slow. */
  readonly behindMaxMs: number;
}

/** One second of a load. */
export interface LoadSecond {
  readonly second: number;
  readonly sent: number;
  readonly stored: number;
  readonly throttled: number;
  /** Without an outcome, at its end. */
  readonly waiting: number;
  readonly acceptance: LatencySummary;
}

/** Keeps the counts and latencies of a load. Times are milliseconds from the start. */
export interface Ledger {
  readonly waiting: number;
  sent(events: number, atMs: number): void;
  /** Of events that were due at one moment. @param waitedMs since then */
  settle(verdict: LoadVerdict, events: number, waitedMs: number, atMs: number): void;
  throttled(atMs: number): void;
  behind(ms: number, atMs: number): void;
  counts(): LoadCounts;
  /** From when events were meant to be sent to when they were stored or rejected. */
  acceptance(): LatencySummary;
  distribution(): readonly LatencyPoint[];
  /** Whole seconds so far. */
  seconds(): readonly LoadSecond[];
  /** The first details of failures. */
  failures(): readonly string[];
}

const MS_PER_SECOND = 1_000;
const FAILURES_MAX = 5;

interface Second {
  readonly second: number;
  sent: number;
  stored: number;
  throttled: number;
  waiting: number;
  readonly acceptance: Latencies;
}

/** @param warmUpMs what was meant to be sent before does not count in latencies */
export const createLedger = (warmUpMs = 0): Ledger => {
  const total = { sent: 0, stored: 0, rejected: 0, failed: 0, throttled: 0, behindMaxMs: 0 };
  const acceptance = createLatencies();
  const done: LoadSecond[] = [];
  const failures = new Set<string>();
  const aSecond = (second: number): Second => ({
    ...{ second, sent: 0, stored: 0, throttled: 0, waiting: 0 },
    acceptance: createLatencies(),
  });
  let current = aSecond(0);
  const waiting = (): number => total.sent - total.stored - total.rejected - total.failed;
  const at = (ms: number): Second => {
    while (ms >= (current.second + 1) * MS_PER_SECOND) {
      done.push({ ...current, waiting: waiting(), acceptance: current.acceptance.summary() });
      current = aSecond(current.second + 1);
    }
    return current;
  };
  return {
    get waiting() {
      return waiting();
    },
    sent(events, atMs) {
      at(atMs).sent += events;
      total.sent += events;
    },
    settle(verdict, events, waitedMs, atMs) {
      const second = at(atMs);
      if (verdict.kind === "throttled") return;
      total[verdict.kind] += events;
      if (verdict.kind === "failed") {
        if (failures.size < FAILURES_MAX) failures.add(verdict.detail);
        return;
      }
      second.stored += events;
      second.acceptance.record(waitedMs, events);
      if (atMs - waitedMs >= warmUpMs) acceptance.record(waitedMs, events);
    },
    throttled(atMs) {
      at(atMs).throttled++;
      total.throttled++;
    },
    behind(ms, atMs) {
      if (atMs < warmUpMs) return;
      total.behindMaxMs = Math.max(total.behindMaxMs, ms);
    },
    counts: () => ({ ...total, waiting: waiting() }),
    acceptance: acceptance.summary,
    distribution: acceptance.distribution,
    seconds: () => done,
    failures: () => [...failures],
  };
};
