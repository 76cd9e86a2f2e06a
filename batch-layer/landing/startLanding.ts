import { setTimeout as sleep } from "node:timers/promises";
import type { DataStore, DuckDb } from "@freshet/storage";
import type { Logger } from "pino";
import { createLanding, LANDING_SETTINGS, type LandingSettings } from "./landing.js";

export interface LandingOptions {
  readonly data: Pick<DataStore, "log" | "records" | "lake">;
  readonly duckdb: DuckDb;
  readonly logger: Logger;
  readonly settings?: Partial<LandingSettings>;
}

export interface RunningLanding {
  /** Resolves when all that the log held at the call is published in the raw lake. Rejects once landing has failed. */
  caughtUp(): Promise<void>;
  /** Publishes what has been read so far. */
  flush(): Promise<void>;
  /** Publishes what has been read, and stops. */
  stop(): Promise<void>;
  /** The failure that stopped landing; what was published stays good. */
  readonly failed: Promise<Error>;
}

interface Request {
  readonly kind: "caughtUp" | "flush";
  readonly done: () => void;
  readonly fail: (error: Error) => void;
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/**
 * Writes the log's records into the raw lake until it is stopped. One process at a time: a second one fails when it
 * remembers its place. An app must have been published.
 */
export const startLanding = async (options: LandingOptions): Promise<RunningLanding> => {
  const settings: LandingSettings = { ...LANDING_SETTINGS, ...options.settings };
  const duckdb = await options.duckdb.connect();
  const landing = await createLanding(options.data, duckdb, options.logger, settings);
  let requests: Request[] = [];
  let stopping = false;
  let failure: Error | null = null;
  let waking = new AbortController();
  let resolveFailed = (_error: Error): void => {};
  const failed = new Promise<Error>((resolve) => {
    resolveFailed = resolve;
  });

  const wake = (): void => waking.abort();
  const answer = (kinds: readonly Request["kind"][], asked: readonly Request[]): void => {
    for (const request of asked) if (kinds.includes(request.kind)) request.done();
    requests = requests.filter((request) => !(asked.includes(request) && kinds.includes(request.kind)));
  };
  const idle = async (): Promise<void> => {
    await sleep(settings.pollAfterMs, undefined, { signal: waking.signal }).catch(() => {});
    waking = new AbortController();
  };

  const run = async (): Promise<void> => {
    let pendingSince: number | null = null;
    while (!stopping) {
      const asked = requests;
      const { moved, complete } = await landing.look();
      if (landing.pendingRows === 0) pendingSince = null;
      else pendingSince ??= performance.now();
      const due = pendingSince !== null && performance.now() - pendingSince >= settings.flushAfterMs;
      const wanted = asked.some((request) => request.kind === "flush") || (complete && asked.length > 0);
      if (landing.full || due || wanted) {
        await landing.publish();
        pendingSince = null;
      }
      if (wanted) answer(complete ? ["flush", "caughtUp"] : ["flush"], asked);
      // what arrives while it rests is read together
      if (complete ? requests.length === 0 && !stopping : !moved) await idle();
    }
    await landing.publish();
  };

  const running = (async (): Promise<void> => {
    try {
      await run();
    } catch (thrown) {
      failure = asError(thrown);
      resolveFailed(failure);
      options.logger.error({ err: failure }, "landing stopped");
      await landing.abandon();
    }
    const stopped = failure ?? new Error("landing was stopped");
    for (const request of requests) request.fail(stopped);
    requests = [];
    await duckdb.close();
  })();

  const ask = (kind: Request["kind"]): Promise<void> =>
    new Promise((done, fail) => {
      if (failure || stopping) fail(failure ?? new Error("landing was stopped"));
      else requests = [...requests, { kind, done, fail }];
      wake();
    });

  return {
    caughtUp: () => ask("caughtUp"),
    flush: () => ask("flush"),
    async stop() {
      stopping = true;
      wake();
      await running;
      if (failure) throw failure;
    },
    failed,
  };
};
