import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { openDataDirectory } from "@freshet/storage";
import type { Logger } from "pino";
import { systemClock } from "./clock.js";
import { asSpeedFailure, SpeedFailure } from "./failure.js";
import type { CrewHost } from "./host/host.js";
import { createLocalHost } from "./host/localHost.js";
import { createSupervisor } from "./host/supervisor.js";
import { createThreadHost } from "./host/threadHost.js";
import { logReport } from "./logReport.js";
import type { SpeedReport } from "./report.js";
import { createCoordinator } from "./schedule/coordinator.js";
import { createRuleBook } from "./schedule/ruleBook.js";
import { SCHEDULE } from "./schedule/schedule.js";
import { DEFAULT_SETTINGS, type SpeedSettings } from "./settings.js";
import { loadCheckpoints } from "./shard/checkpoint.js";
import type { ReplayFrom } from "./shard/replay.js";
import { unpackEvents } from "./shard/unpack.js";

const TEND_AFTER_MS = 250;
const CAUGHT_UP_POLL_MS = 20;

export interface SpeedLayerOptions {
  readonly directory: string;
  /** Worker threads; 0: all in this one. */
  readonly threads: number;
  readonly logger: Logger;
  readonly settings?: Partial<SpeedSettings>;
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

const newWriter = (): string => randomUUID().replaceAll("-", "");

/** Folds the log of a data directory until it is stopped. An app must have been published there. */
export const startSpeedLayer = async (options: SpeedLayerOptions): Promise<SpeedLayer> => {
  const { directory, logger, replayFrom = null } = options;
  const settings: SpeedSettings = { ...DEFAULT_SETTINGS, ...options.settings };
  const now = systemClock;
  const data = await openDataDirectory(directory);
  if (!(await data.records.get(SCHEDULE))) {
    await data.close();
    throw new SpeedFailure(
      "defect",
      `no app is published in ${data.dir}: publish one before the speed layer starts`,
    );
  }
  const owner = newWriter();
  const leases = { leases: data.leases, owner, now, leaseTtlMs: settings.leaseTtlMs };
  const coordinator = createCoordinator({
    ...leases,
    log: data.log,
    records: data.records,
    aheadMs: settings.scheduleAheadMs,
  });
  let failure: SpeedFailure | null = null;
  let announce: (error: SpeedFailure) => void = () => undefined;
  const failed = new Promise<SpeedFailure>((resolve) => {
    announce = resolve;
  });
  let stopping: Promise<void> | null = null;

  const note = (error: unknown): void => {
    const first = failure === null;
    failure ??= asSpeedFailure(error);
    logger.error({ err: error }, first ? "the speed layer failed" : "and then");
    announce(failure);
  };
  const onFailure = (error: unknown): void => {
    note(error);
    void stop();
  };
  const report = (one: SpeedReport): void => {
    logReport(logger, one);
    if (one.kind === "blocked") coordinator.ask(one.tick);
    if (one.kind === "shard_ended") endedShards.push(one.shard);
    if (one.kind === "conflict") {
      supervisor.shardStopped(one.shard);
      note(new SpeedFailure("conflict", one.message));
    }
  };
  const endedShards: Parameters<typeof supervisor.shardEnded>[0][] = [];
  const crew = { settings, replayFrom };
  const hosts: CrewHost[] =
    options.threads === 0
      ? [
          createLocalHost(
            {
              ...data,
              ...crew,
              rules: createRuleBook(data.records, data.lake),
              unpack: unpackEvents,
              now,
              report,
              writer: newWriter(),
            },
            onFailure,
          ),
        ]
      : Array.from({ length: options.threads }, () =>
          createThreadHost({
            dataOf: () => ({ directory: data.dir, writer: newWriter(), ...crew }),
            report,
            onFailure,
            onDeath: (error, restarts) => logger.error({ err: error, restarts }, "a speed thread died"),
          }),
        );
  const supervisor = createSupervisor({
    ...leases,
    log: data.log,
    records: data.records,
    hosts,
    isReplay: replayFrom !== null,
  });

  const tend = async (): Promise<void> => {
    while (!stopping) {
      for (let shard = endedShards.shift(); shard !== undefined; shard = endedShards.shift()) {
        await supervisor.shardEnded(shard);
      }
      await coordinator.tend();
      await supervisor.tend();
      await sleep(TEND_AFTER_MS);
    }
  };
  const tending = tend().catch(onFailure);

  const shutDown = async (): Promise<void> => {
    await Promise.all(hosts.map((host) => host.stop()));
    await tending;
    await supervisor.release();
    await coordinator.release();
    await data.close();
  };
  const stop = (): Promise<void> => {
    stopping ??= Promise.resolve().then(shutDown);
    return stopping;
  };

  const caughtUp = async (): Promise<void> => {
    const calledMs = now();
    const shards = (await data.log.shards()).map(({ id }) => id);
    for (;;) {
      if (failure) throw failure;
      if (stopping) throw new SpeedFailure("defect", "the speed layer was stopped before it had caught up");
      const tips = await data.increments.tips();
      const behind = shards.filter((shard) => (tips.get(shard)?.atMs ?? 0) <= calledMs);
      if (behind.length === 0) return;
      const checkpoints = await loadCheckpoints(data.records, data.log.identity.id);
      if (behind.every((shard) => checkpoints.get(shard)?.ended)) return;
      await sleep(CAUGHT_UP_POLL_MS);
    }
  };

  return { caughtUp, stop, failed };
};
