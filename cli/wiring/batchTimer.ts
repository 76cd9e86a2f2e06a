import type { RunningLanding } from "@freshet/batch-layer";
import { runBatchOn } from "./batchRun.js";
import type { Line } from "./line.js";

export interface BatchTimer {
  /** Lands what is there and runs batch now; waits for a run that is under way. */
  now(): Promise<void>;
  stop(): Promise<void>;
}

/** A batch run every so often, one at a time; a run that fails is logged and the next one tries again. */
export const startBatchTimer = (line: Line, landing: RunningLanding, everyMs: number): BatchTimer => {
  let running: Promise<void> = Promise.resolve();
  let stopped = false;
  const once = async (): Promise<void> => {
    if (stopped) return;
    try {
      await landing.flush();
      const { generation, elapsedMs, disagreements } = await runBatchOn(line, { rebuild: false });
      line.logger.info({ generation, elapsedMs }, "generation published");
      for (const disagreement of disagreements)
        line.logger.error({ disagreement }, "the books do not balance");
    } catch (error) {
      line.logger.error({ err: error }, "the batch run failed; the next one tries again");
    }
  };
  const now = (): Promise<void> => {
    running = running.then(once);
    return running;
  };
  let timer: NodeJS.Timeout;
  const schedule = (): void => {
    timer = setTimeout(() => {
      void now().finally(() => {
        if (!stopped) schedule();
      });
    }, everyMs);
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
