import {
  durationMs,
  type EpochMs,
  epochMs,
  type SequenceNumber,
  sequenceNumber,
  shardId,
  type ShardId,
} from "@freshet/model";
import { entriesOfSpans, type LogRecord, outcomesOf, type Shard, type ShardLog } from "@freshet/storage";

export interface MemoryShard {
  readonly id: ShardId;
  readonly parents: readonly ShardId[];
  readonly hashRange: { readonly first: bigint; readonly last: bigint };
  readonly records: LogRecord[];
  children: readonly ShardId[] | null;
  /** How many records, from the oldest, are gone. */
  trimmed: number;
}

/** A shard log in memory whose stamps and sequences the world chooses. */
export interface MemoryLog extends ShardLog {
  readonly all: ReadonlyMap<ShardId, MemoryShard>;
  put(shard: ShardId, arrivalMs: number, data: Uint8Array): SequenceNumber;
  /** Closes shards and opens their children. */
  reshard(parents: readonly ShardId[], children: number): readonly ShardId[];
  trim(shard: ShardId, records: number): void;
  readonly open: readonly ShardId[];
}

export interface MemoryLogOptions {
  readonly shards: number;
  readonly segmentMs: number;
  readonly segmentEventsMax: number;
  readonly horizonTicks: number;
  readonly now: () => number;
  /** How far the next sequence lies behind the last. */
  readonly step: () => number;
  /** A read gives nothing, though there is something: Kinesis does so. */
  readonly hesitates?: () => boolean;
}

export const createMemoryLog = (options: MemoryLogOptions): MemoryLog => {
  const all = new Map<ShardId, MemoryShard>();
  let sequence = 0;
  const add = (parents: readonly ShardId[]): ShardId => {
    const id = shardId(`shard-${String(all.size).padStart(3, "0")}`);
    const at = BigInt(all.size);
    all.set(id, { id, parents, hashRange: { first: at, last: at }, records: [], children: null, trimmed: 0 });
    return id;
  };
  const roster = Array.from({ length: options.shards }, () => add([]));
  const shardOf = (id: ShardId): MemoryShard => {
    const shard = all.get(id);
    if (!shard) throw new Error(`no shard ${id}`);
    return shard;
  };
  const log: MemoryLog = {
    identity: {
      id: "world",
      createdMs: epochMs(0),
      segmentMs: durationMs(options.segmentMs),
      segmentEventsMax: options.segmentEventsMax,
      dedupeHorizonMs: durationMs(options.horizonTicks * options.segmentMs),
      digest: "always",
      roster,
    },
    all,
    get open() {
      return [...all.values()].filter(({ children }) => children === null).map(({ id }) => id);
    },
    put(id, arrivalMs, data) {
      sequence += options.step();
      const shard = shardOf(id);
      if (shard.children) throw new Error(`${id} is closed`);
      const stored = sequenceNumber(sequence);
      shard.records.push({ sequence: stored, arrivalMs: arrivalMs as EpochMs, partitionKey: "p", data });
      return stored;
    },
    reshard(parents, count) {
      const children = Array.from({ length: count }, () => add(parents));
      for (const parent of parents) shardOf(parent).children = children;
      return children;
    },
    trim(id, records) {
      const shard = shardOf(id);
      shard.trimmed = Math.max(shard.trimmed, Math.min(records, shard.records.length));
    },
    async append(entries) {
      return entries.map((entry) => {
        const at = entry.explicitHashKey;
        const shard = [...all.values()].find(
          ({ hashRange, children }) => hashRange.first === at && !children,
        );
        const id = shard?.id ?? log.open[0];
        if (!id) throw new Error("no open shard");
        return {
          kind: "stored",
          shard: id,
          sequence: log.put(id, entry.arrivalMs ?? options.now(), entry.data),
        };
      });
    },
    appendSpans: async (spans) => outcomesOf(await log.append(entriesOfSpans(spans))),
    async shards() {
      return [...all.values()].map(
        ({ id, parents, hashRange, children }): Shard => ({
          id,
          parents,
          hashRange,
          closed: children !== null,
        }),
      );
    },
    async read(id, after, limit) {
      if (options.hesitates?.()) return { records: [], atEnd: false, ended: null, trimmed: null };
      const { records, children, trimmed } = shardOf(id);
      const from = records.findIndex((record) => after === null || record.sequence > after);
      const start = from < 0 ? records.length : from;
      const first = Math.max(start, trimmed);
      const page = records.slice(first, first + limit);
      const atEnd = first + page.length >= records.length;
      return {
        records: page,
        atEnd,
        ended: children && atEnd ? { children } : null,
        trimmed: start < trimmed ? { firstAvailable: records[trimmed]?.sequence ?? null } : null,
      };
    },
    wait: async () => undefined,
    close: async () => undefined,
  };
  return log;
};
