import { availableParallelism } from "node:os";
import { startLandingThread } from "@freshet/batch-layer";
import { startSpeedLayer } from "@freshet/speed-layer";
import type { Line } from "./line.js";

/** Speed and landing beside what this process does; a role that another process has is left to it. */
export interface Layers {
  /** Resolves when all that the log held at the call is folded and landed. Rejects once one of them failed. */
  caughtUp(): Promise<void>;
  /** Ends both, also where one failed. */
  stop(): Promise<void>;
  /** The first failure. */
  readonly failed: Promise<Error>;
}

interface Layer {
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
  readonly failed: Promise<Error>;
}

/** The core that is left over feeds the log. */
const SPEED_THREADS = Math.max(1, availableParallelism() - 1);

/** @throws what the first that could not start throws; the other is stopped then. */
export const startLayers = async (line: Line, logLevel: string): Promise<Layers> => {
  const { store, logger } = line;
  const starting: Promise<Layer>[] = [];
  if (await line.take("speed")) starting.push(startSpeedLayer({ store, threads: SPEED_THREADS, logger }));
  if (await line.take("land")) starting.push(startLandingThread({ store, logLevel }));
  const outcomes = await Promise.allSettled(starting);
  const started = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.allSettled(started.map((layer) => layer.stop()));
  };
  const refused = outcomes.find((outcome) => outcome.status === "rejected");
  if (refused) {
    await stop();
    throw refused.reason;
  }
  return {
    async caughtUp() {
      await Promise.all(started.map((layer) => layer.caughtUp()));
    },
    stop,
    failed: Promise.race(started.map((layer) => layer.failed)),
  };
};
