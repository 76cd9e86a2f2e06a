import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { availableParallelism, totalmem } from "node:os";
import { type EpochMs, toAppDocument } from "@freshet/model";
import { isAnyHeld, publishApp, startSpeedLayer, vouchForEnd } from "@freshet/speed-layer";
import {
  createRequestCounts,
  type DataStore,
  type DuckDb,
  localDirOf,
  openDataStore,
  openDuckDb,
  type RequestCounts,
  type StoreConfig,
} from "@freshet/storage";
import type { Logger } from "pino";
import { EXIT, Failure } from "../output/failure.js";
import { loadApp } from "./loadApp.js";
import { createLogger } from "./logger.js";
import type { CommonOptions } from "./options.js";
import { NEW_LOG } from "./newLog.js";
import { type HeldRole, type Role, takeRole } from "./role.js";
import { storeOf } from "./store.js";

/** A tenth of the machine: a batch run over a long log must not fail for want of it. */
const DUCKDB_MEMORY_MB = Math.min(4096, Math.max(512, Math.floor(totalmem() / 2 ** 20 / 10)));

/** An open store with what every command needs of it. */
export interface Line {
  readonly store: StoreConfig;
  /** On this machine: the data directory, or where a store elsewhere keeps its scratch files. */
  readonly directory: string;
  readonly data: DataStore;
  /** What this process sent to the services of its store. */
  readonly requests: RequestCounts;
  readonly logger: Logger;
  /** Opened at the first call. */
  duckdb(): Promise<DuckDb>;
  /** Null when another live process has the role. */
  take(role: Role): Promise<HeldRole | null>;
  close(): Promise<void>;
}

/** @param named in place of what options and environment say */
export const openLine = async (
  options: CommonOptions,
  create?: { readonly shards?: number },
  named?: StoreConfig,
): Promise<Line> => {
  const store = named ?? (await storeOf(options, process.env));
  const directory = localDirOf(store);
  const logger = createLogger(options.logLevel);
  // A stream is made beforehand, so whoever comes first begins the log on it.
  const begins = create !== undefined || store.kind === "aws";
  const requests = createRequestCounts();
  const data = await openDataStore(store, {
    counts: requests,
    ...(begins && { create: { ...NEW_LOG, ...create } }),
  });
  const owner = `${process.pid}-${randomUUID()}`;
  const held = new Set<HeldRole>();
  let opening: Promise<DuckDb> | null = null;
  return {
    store,
    directory,
    data,
    requests,
    logger,
    duckdb() {
      opening ??= openDuckDb({
        memoryMb: DUCKDB_MEMORY_MB,
        threads: availableParallelism(),
        tempDir: join(directory, "tmp"),
      });
      return opening;
    },
    async take(role) {
      const outcome = await takeRole(data.leases, role, owner, (lost) => {
        logger.fatal({ role: lost }, "another process took this role over; stopping");
        process.kill(process.pid, "SIGTERM");
      });
      if (outcome.kind === "taken") return null;
      held.add(outcome);
      return {
        kind: "held",
        async release() {
          held.delete(outcome);
          await outcome.release();
        },
      };
    },
    async close() {
      for (const role of held) await role.release();
      if (opening) await (await opening).close();
      await data.close();
    },
  };
};

/** @throws Failure when another live process has the role. */
export const takeOrRefuse = async (line: Line, role: Role): Promise<HeldRole> => {
  const held = await line.take(role);
  if (held) return held;
  throw new Failure(
    `${line.data.place} is in use: another process runs \`${role}\` there. Stop it first, or give another --data or --store.`,
    EXIT.refused,
  );
};

/** Makes the app on disk the newest revision, where there is a config file. */
export const publishConfig = async (line: Line, appPath: string, nowMs: number): Promise<number> => {
  const app = await loadApp(appPath);
  return publishApp(line.data.records, line.data.log, toAppDocument(app), nowMs);
};

/** Folds what the log still holds, unless a running process does that already. */
export const catchUp = async (line: Line): Promise<void> => {
  const { leases, now } = line.data;
  if (line.store.kind === "aws" && isAnyHeld(await leases.list(), now())) return;
  const role = await line.take("speed");
  if (!role) return;
  if (await vouchForEnd(line.data, line.data.now() as EpochMs)) return role.release();
  const speed = await startSpeedLayer({ store: line.store, threads: 0, logger: line.logger });
  await speed.caughtUp();
  await speed.stop();
  await role.release();
};
