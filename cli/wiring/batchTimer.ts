import { type RunningLanding, trimLog } from "@freshet/batch-layer";
import { runBatchOn } from "./batchRun.js";
import type { Line } from "./line.js";

export interface BatchTimer {
  /** Lands what is there and runs batch now; waits for a run that is under way. */
  now(): Promise<void>;
  stop(): Promise<void>;
}

export interface BatchTimerSettings {
  readonly everyMs: number;
  /** Records of the log that every kept generation contains go when they are older than this. */
  readonly retainLogMs: number;
}

/** A run is followed by a rest of at least so many times as long: with much to count, batch leaves the machine to the others. */
const REST_TIMES = 3;

/** @param tookMs of the last run */
export const restAfter = (everyMs: number, tookMs: number): number => Math.max(everyMs, REST_TIMES * tookMs);

/** A batch run every so often, one at a time; a run that fails is logged and the next one tries again. */
export const startBatchTimer = (
  line: Line,
  landing: RunningLanding,
  { everyMs, retainLogMs }: BatchTimerSettings,
): BatchTimer => {
  let running: Promise<void> = Promise.resolve();
  let stopped = false;
  let tookMs = 0;
  const once = async (): Promise<void> => {
    if (stopped) return;
    const startedMs = performance.now();
    try {
      await landing.flush();
      const { generation, elapsedMs, disagreements } = await runBatchOn(line, {
        rebuild: false,
        engine: "duckdb",
        schedule: { kind: "every", everyMs },
        requires: [],
        attemptsMax: 1,
      });
      line.logger.info({ generation, elapsedMs }, "generation published");
      for (const disagreement of disagreements)
        line.logger.error({ disagreement }, "the books do not balance");
      const { deleted } = await trimLog({ data: line.data, nowMs: Date.now(), retainMs: retainLogMs });
      if (deleted > 0) line.logger.info({ deleted }, "settled records left the log");
    } catch (error) {
      line.logger.error({ err: error }, "the batch run failed; the next one tries again");
    }
    tookMs = performance.now() - startedMs;
  };
  const now = (): Promise<void> => {
    running = running.then(once);
    return running;
  };
  let timer: NodeJS.Timeout;
  const schedule = (): void => {
    timer = setTimeout(
      () => {
        void now().finally(() => {
          if (!stopped) schedule();
        });
      },
      restAfter(everyMs, tookMs),
    );
  };
  schedule();
  return {
    now,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
};
