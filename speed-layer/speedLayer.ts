import { openDataStore, type RequestCounts, type StoreConfig } from "@freshet/storage";
import { SCHEDULE, type ShardId } from "@freshet/model";
import type { Logger } from "pino";
import { waitUntilCaughtUp } from "./caughtUp.js";
import { systemClock } from "./clock.js";
import { asSpeedFailure, SpeedFailure } from "./failure.js";
import { createHosts, newName } from "./host/hosts.js";
import { createSupervisor } from "./host/supervisor.js";
import { tendEvery } from "./host/tending.js";
import { logReport } from "./logReport.js";
import type { SpeedReport } from "./report.js";
import { createCoordinator } from "./schedule/coordinator.js";
import { DEFAULT_SETTINGS, type SpeedSettings } from "./settings.js";
import type { ReplayFrom } from "./shard/replay.js";

const TEND_AFTER_MS = 250;

export interface SpeedLayerOptions {
  readonly store: StoreConfig;
  /** Worker threads; 0: all in this one. */
  readonly threads: number;
  readonly logger: Logger;
  readonly settings?: Partial<SpeedSettings>;
  /** Counts what it sends to the store's services, its threads included. */
  readonly counts?: RequestCounts;
  /** This machine's clock; threads cannot be handed one. The system's where absent. */
  readonly now?: () => number;
  /** Folds the retained log again from here on. */
  readonly replayFrom?: ReplayFrom;
}

export interface SpeedLayer {
  /** Resolves when all that the log held at the call is folded and written, whoever does it. Rejects once something failed. */
  caughtUp(): Promise<void>;
  /** Flushes, saves checkpoints, gives up the leases. */
  stop(): Promise<void>;
  /** The first failure. The layer has stopped then, except for a conflict: that stops its shard alone. */
  readonly failed: Promise<SpeedFailure>;
}

/** Folds the log of a store until it is stopped. @throws SpeedFailure when no app was published there. */
export const startSpeedLayer = async (options: SpeedLayerOptions): Promise<SpeedLayer> => {
  const { store, threads, logger, counts, replayFrom = null } = options;
  const data = await openDataStore(store, {
    readsAlone: true,
    now: options.now ?? systemClock,
    ...(counts && { counts }),
  });
  const { now } = data;
  const { flushAfterMs, inlineBytesMax } = data.pace;
  const settings: SpeedSettings = { ...DEFAULT_SETTINGS, flushAfterMs, inlineBytesMax, ...options.settings };
  if (!(await data.records.get(SCHEDULE))) {
    await data.close();
    throw new SpeedFailure(
      "defect",
      `no app is published in ${data.place}: publish one before the speed layer starts`,
    );
  }
  let failure: SpeedFailure | null = null;
  let stopping: Promise<void> | null = null;
  let announce: (error: SpeedFailure) => void = () => undefined;
  const failed = new Promise<SpeedFailure>((resolve) => {
    announce = resolve;
  });
  const note = (error: unknown): void => {
    logger.error({ err: error }, "the speed layer failed");
    failure ??= asSpeedFailure(error);
    announce(failure);
  };
  const onFailure = (error: unknown): void => {
    note(error);
    stop().catch((stopping: unknown) =>
      logger.warn({ err: stopping }, "leases could not be given up; they run out by themselves"),
    );
  };

  const ended: ShardId[] = [];
  const report = (one: SpeedReport): void => {
    logReport(logger, one);
    if (one.kind === "blocked" && coordinator.ask(one.tick)) tending.wake();
    if (one.kind === "shard_ended") {
      ended.push(one.shard);
      tending.wake();
    }
    if (one.kind === "conflict") {
      supervisor.shardStopped(one.shard);
      note(new SpeedFailure("conflict", one.message));
    }
  };
  const onDeath = (error: Error | null, restarts: number): void =>
    logger.error({ err: error, restarts }, "a speed thread died");
  const hosts = createHosts({
    store,
    data,
    threads,
    settings,
    replayFrom,
    counts,
    now,
    report,
    onFailure,
    onDeath,
  });
  const { log, records, leases } = data;
  const role = { log, records, leases, owner: newName(), now, leaseTtlMs: settings.leaseTtlMs };
  const coordinator = createCoordinator({ ...role, aheadMs: settings.scheduleAheadMs });
  const supervisor = createSupervisor({ ...role, hosts, isReplay: replayFrom !== null });
  const tend = async (): Promise<void> => {
    for (let shard = ended.shift(); shard !== undefined; shard = ended.shift())
      await supervisor.shardEnded(shard);
    await coordinator.tend();
    await supervisor.tend();
  };
  const tending = tendEvery(TEND_AFTER_MS, tend, onFailure);

  const shutDown = async (): Promise<void> => {
    try {
      await tending.stop();
      await Promise.all(hosts.map((host) => host.stop()));
      await supervisor.release();
      await coordinator.release();
    } finally {
      await data.close();
    }
  };
  const stop = (): Promise<void> => {
    stopping ??= Promise.resolve().then(shutDown);
    return stopping;
  };
  const check = (): void => {
    if (failure) throw failure;
    if (stopping) throw new SpeedFailure("defect", "the speed layer was stopped before it had caught up");
  };
  return { caughtUp: () => waitUntilCaughtUp(data, now, check), stop, failed };
};
