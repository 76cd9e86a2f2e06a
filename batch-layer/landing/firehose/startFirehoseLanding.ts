import { setTimeout as sleep } from "node:timers/promises";
import { StorageError } from "@freshet/storage";
import { type FirehoseLandingOptions, landFirehose } from "./landFirehose.js";

/** Firehose delivers an object every minute at the most often. */
const PASS_EVERY_MS = 60_000;

export interface FirehosePasses extends FirehoseLandingOptions {
  readonly passEveryMs?: number;
}

/** Passes of `landFirehose`, one at a time, until it is stopped. */
export interface FirehoseLanding {
  /** Resolves when the pass that is under way is over. */
  stop(): Promise<void>;
  /** What stopped it. A service that does not answer does not: the next pass tries again. */
  readonly failed: Promise<Error>;
}

export const startFirehoseLanding = (options: FirehosePasses): FirehoseLanding => {
  const { logger, passEveryMs = PASS_EVERY_MS } = options;
  const stopping = new AbortController();
  const pass = async (): Promise<void> => {
    try {
      const landed = await landFirehose(options);
      logger.info({ ...landed, filled: landed.filled.length }, "landed what Firehose delivered");
    } catch (error) {
      if (!(error instanceof StorageError && error.kind === "unavailable")) throw error;
      logger.warn({ err: error }, "a pass over what Firehose delivered failed; the next one tries again");
    }
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await pass();
      await sleep(passEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
    failed: running.then(
      () => new Promise<never>(() => undefined),
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    ),
  };
};
