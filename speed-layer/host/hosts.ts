import { randomUUID } from "node:crypto";
import type { DataStore, RequestCounts, StoreConfig } from "@freshet/storage";
import type { Report } from "../report.js";
import { createRuleBook } from "../schedule/ruleBook.js";
import type { SpeedSettings } from "../settings.js";
import type { ReplayFrom } from "../shard/replay.js";
import type { CrewHost } from "./host.js";
import { createLocalHost } from "./localHost.js";
import { createThreadHost } from "./threadHost.js";

export interface HostsOptions {
  readonly data: DataStore;
  /** By which threads open it for themselves. */
  readonly store: StoreConfig;
  /** 0: one crew in this thread. */
  readonly threads: number;
  readonly settings: SpeedSettings;
  readonly replayFrom: ReplayFrom | null;
  readonly counts: RequestCounts | undefined;
  readonly now: () => number;
  readonly report: Report;
  readonly onFailure: (error: unknown) => void;
  /** A thread died and is started again. */
  readonly onDeath: (error: Error | null, restarts: number) => void;
}

export const newName = (): string => randomUUID().replaceAll("-", "");

export const createHosts = (options: HostsOptions): readonly CrewHost[] => {
  const { data, store, threads, settings, replayFrom, now, report, onFailure, onDeath, counts } = options;
  if (threads > 0) {
    const dataOf = () => ({ store, settings, replayFrom, writer: newName() });
    const host = { dataOf, report, counts, onFailure, onDeath };
    return Array.from({ length: threads }, () => createThreadHost(host));
  }
  const crew = {
    ...data,
    rules: createRuleBook(data.records, data.lake),
    settings,
    replayFrom,
    now,
    report,
    writer: newName(),
  };
  return [createLocalHost(crew, onFailure)];
};
