import type { Clock } from "@freshet/sdk";
import type { EventSource } from "../workloads/source.js";
import { createDueWriter, type DueBatch, pickEvents } from "./batchWriter.js";
import type { Ledger } from "./counts.js";
import type { LoadTarget, LoadVerdict } from "./target.js";

export interface DriveOptions {
  readonly source: EventSource;
  readonly target: LoadTarget;
  readonly clock: Clock;
  readonly ledger: Ledger;
  /** When the source's first moment is, by the clock's `elapsedMs`. */
  readonly startMs: number;
  readonly signal?: AbortSignal;
}

/** How often what is due is looked for: events of one turn go together. */
const TURN_MS = 5;
const BATCH_EVENTS_MAX = 1_000;
/** Events without an outcome; the next wait in the source, and their wait counts. */
export const WAITING_EVENTS_MAX = 200_000;
/** A throttled event is sent again until then. */
const GIVE_UP_AFTER_MS = 120_000;
const RETRY_MS_MAX = 1_000;
/** Latencies are as exact as that; a run of events counts as the first of it, which waited longest. */
const TOGETHER_MS = 0.1;
const STORED: LoadVerdict = { kind: "stored" };
const GIVEN_UP: LoadVerdict = { kind: "failed", detail: `throttled for ${GIVE_UP_AFTER_MS} ms` };

const sleep = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(ms, resolve);
  });

/**
 * Sends every event at its moment, whatever became of those before it: an open loop. Latencies are from the moment at which an event was meant
 * to be sent, so that a stall counts for all that should have been sent meanwhile (no coordinated omission; G. Tene, "How NOT to measure latency").
 * Resolves when every event has an outcome.
 */
export const drive = async (options: DriveOptions): Promise<void> => {
  const { source, target, clock, ledger, startMs, signal } = options;
  const sinceStart = (): number => clock.elapsedMs() - startMs;
  const writeDue = createDueWriter(source);
  const underWay = new Set<Promise<void>>();

  const settle = (
    batch: DueBatch,
    verdicts: readonly LoadVerdict[],
  ): { readonly again: number[]; readonly afterMs: number } => {
    const nowMs = sinceStart();
    const again: number[] = [];
    let afterMs = 0;
    // events with the same outcome that were due at once are booked at once
    let run: { kind: string; fromMs: number; count: number; verdict: LoadVerdict } = {
      ...{ kind: "", fromMs: 0, count: 0 },
      verdict: STORED,
    };
    const book = (): void => {
      if (run.count > 0) ledger.settle(run.verdict, run.count, nowMs - run.fromMs, nowMs);
    };
    verdicts.forEach((said, index) => {
      const dueMs = batch.dueMs[index] as number;
      let verdict = said;
      if (said.kind === "throttled") {
        ledger.throttled(nowMs);
        if (nowMs - dueMs <= GIVE_UP_AFTER_MS) {
          again.push(index);
          afterMs = Math.max(afterMs, Math.min(RETRY_MS_MAX, said.afterMs));
          return;
        }
        verdict = GIVEN_UP;
      }
      if (verdict.kind === run.kind && dueMs - run.fromMs < TOGETHER_MS) {
        run.count++;
        return;
      }
      book();
      run = { kind: verdict.kind, fromMs: dueMs, count: 1, verdict };
    });
    book();
    return { again, afterMs };
  };

  const deliver = async (first: DueBatch): Promise<void> => {
    let batch = first;
    for (;;) {
      const { again, afterMs } = settle(batch, await target.send(batch));
      if (again.length === 0) return;
      batch = pickEvents(batch, again);
      await sleep(clock, afterMs);
    }
  };

  while (source.dueMs < Number.POSITIVE_INFINITY && signal?.aborted !== true) {
    const room = (): number => Math.min(BATCH_EVENTS_MAX, WAITING_EVENTS_MAX - ledger.waiting);
    for (let batch = writeDue(sinceStart(), room()); batch; batch = writeDue(sinceStart(), room())) {
      ledger.sent(batch.dueMs.length, sinceStart());
      const delivery = deliver(batch).finally(() => underWay.delete(delivery));
      underWay.add(delivery);
    }
    ledger.behind(Math.max(0, sinceStart() - source.dueMs), sinceStart());
    await sleep(clock, TURN_MS);
  }
  while (underWay.size > 0) await Promise.race(underWay);
};
