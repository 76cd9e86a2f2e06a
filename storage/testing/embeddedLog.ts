import { randomUUID } from "node:crypto";
import type { SequenceNumber } from "@freshet/model";
import { onTestFinished } from "vitest";
import { openEnvironment } from "../lmdb/environment.js";
import { openEmbeddedLog } from "../log/embeddedLog.js";
import type { LogCreation } from "../log/identity.js";
import type { LogRecord, ShardAdmin, ShardLog } from "../log/port.js";

export const aCreation = (overrides: Partial<LogCreation> = {}): LogCreation => ({
  shards: 2,
  segmentMs: 1000,
  segmentEventsMax: 1000,
  dedupeHorizonMs: 120_000,
  ...overrides,
});

/** Closed when the running test ends. */
export const openLog = async (
  dir: string,
  create: LogCreation | undefined = aCreation(),
  now: () => number = Date.now,
): Promise<ShardLog & ShardAdmin> => {
  const environment = await openEnvironment(dir, { create: create !== undefined });
  const log = await openEmbeddedLog({ environment, create, now, newId: randomUUID });
  onTestFinished(() => log.close());
  return log;
};

/** Every shard's records, by sequence. */
export const readAll = async (log: ShardLog): Promise<LogRecord[]> => {
  const all: LogRecord[] = [];
  for (const { id } of await log.shards()) {
    for (let after: SequenceNumber | null = null; ; ) {
      const { records, atEnd } = await log.read(id, after, 500);
      all.push(...records);
      after = records.at(-1)?.sequence ?? after;
      if (atEnd) break;
    }
  }
  return all.sort((a, b) => (a.sequence < b.sequence ? -1 : 1));
};

export const text = (record: LogRecord): string => Buffer.from(record.data).toString();
