import type { Clock } from "@freshet/sdk";
import type { EventSource } from "../workloads/source.js";
import { type DueBatch, pickEvents, writeDue } from "./batchWriter.js";
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
  const underWay = new Set<Promise<void>>();

  const settle = (
    batch: DueBatch,
    verdicts: readonly LoadVerdict[],
  ): { readonly again: number[]; readonly afterMs: number } => {
    const nowMs = sinceStart();
    const again: number[] = [];
    let afterMs = 0;
    verdicts.forEach((verdict, index) => {
      const waitedMs = nowMs - (batch.dueMs[index] as number);
      if (verdict.kind !== "throttled") return ledger.settle(verdict, waitedMs, nowMs);
      ledger.throttled(nowMs);
      if (waitedMs > GIVE_UP_AFTER_MS)
        return ledger.settle(
          { kind: "failed", detail: `throttled for ${GIVE_UP_AFTER_MS} ms` },
          waitedMs,
          nowMs,
        );
      again.push(index);
      afterMs = Math.max(afterMs, Math.min(RETRY_MS_MAX, verdict.afterMs));
    });
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
    for (
      let batch = writeDue(source, sinceStart(), room());
      batch;
      batch = writeDue(source, sinceStart(), room())
    ) {
      ledger.sent(batch.dueMs.length, sinceStart());
      const delivery = deliver(batch).finally(() => underWay.delete(delivery));
      underWay.add(delivery);
    }
    ledger.behind(Math.max(0, sinceStart() - source.dueMs), sinceStart());
    await sleep(clock, TURN_MS);
  }
  while (underWay.size > 0) await Promise.race(underWay);
};
