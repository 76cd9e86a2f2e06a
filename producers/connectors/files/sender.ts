import type { EpochMs } from "@freshet/model";
import { eachOutcome } from "@freshet/storage";
import type { IntakeEvent } from "../../collector/event.js";
import type { Intake } from "../../collector/intake.js";

/** Some events in the order of the file, and what is known once they, and all before them, are in the log. */
export interface ReplayBatch<Mark> {
  readonly events: readonly IntakeEvent[];
  /** The virtual clock's stamps, one an event; null: the log's own. */
  readonly arrivalMs: readonly EpochMs[] | null;
  readonly mark: Mark;
}

export interface Acknowledged<Mark> {
  readonly events: number;
  readonly rejected: number;
  readonly mark: Mark;
}

export interface Sender<Mark> {
  /** Waits while too much is under way. @throws what an earlier batch failed with. */
  submit(batch: ReplayBatch<Mark>): Promise<void>;
  /** Resolves when all that was submitted is acknowledged; rejects when nothing is under way any more and some is not. */
  drain(): Promise<void>;
}

const IN_FLIGHT_BATCHES_MAX = 3;

/** Sends batches side by side and acknowledges them in order; what the log throttles goes again. */
export const createSender = <Mark>(ports: {
  readonly intake: Intake;
  readonly sleep: (ms: number) => Promise<void>;
  readonly acknowledge: (done: Acknowledged<Mark>) => Promise<void>;
}): Sender<Mark> => {
  const inFlight: { readonly acknowledged: Promise<void>; readonly accepted: Promise<number> }[] = [];
  let last: Promise<void> = Promise.resolve();

  const accept = async ({ events, arrivalMs }: ReplayBatch<Mark>): Promise<number> => {
    let rejected = 0;
    let left = events;
    let stamps = arrivalMs;
    for (;;) {
      const accepted = await ports.intake.accept(left, {
        trusted: true,
        ...(stamps === null ? {} : { arrivalMs: stamps }),
      });
      if (accepted.areStored) return rejected;
      const outcomes = eachOutcome(accepted);
      let retryAfterMs = 0;
      for (const outcome of outcomes) {
        if (outcome.kind === "rejected") rejected++;
        if (outcome.kind === "throttled") retryAfterMs = Math.max(retryAfterMs, outcome.retryAfterMs);
      }
      const isThrottled = (_: unknown, index: number): boolean => outcomes[index]?.kind === "throttled";
      left = left.filter(isThrottled);
      stamps = stamps?.filter(isThrottled) ?? null;
      if (left.length === 0) return rejected;
      await ports.sleep(retryAfterMs);
    }
  };

  return {
    async submit(batch) {
      const before = last;
      const accepted = accept(batch);
      accepted.catch(() => {});
      last = (async () => {
        await before;
        const rejected = await accepted;
        await ports.acknowledge({ events: batch.events.length, rejected, mark: batch.mark });
      })();
      last.catch(() => {});
      inFlight.push({ acknowledged: last, accepted });
      if (inFlight.length >= IN_FLIGHT_BATCHES_MAX) await inFlight.shift()?.acknowledged;
    },
    async drain() {
      await Promise.allSettled(inFlight.splice(0).map(({ accepted }) => accepted));
      await last;
    },
  };
};
