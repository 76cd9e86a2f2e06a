import { type Bucket, createBucket } from "./bucket.js";
import type { Limits } from "../limits.js";
import { ORIGIN, type Sequence } from "./sequence.js";

export interface StoredRecord {
  readonly sequence: Sequence;
  readonly arrivalMs: number;
  /** Absent where the producer gave none, as a stream of AUTO distribution allows. */
  readonly partitionKey: string | undefined;
  readonly data: Uint8Array;
}

/** Both inclusive, unsigned 128 bits. */
export interface HashRange {
  readonly first: bigint;
  readonly last: bigint;
}

/** Where a reader stands: at a sequence, or after it. */
export interface Position {
  readonly sequence: Sequence;
  readonly after: boolean;
}

export interface Shard {
  readonly id: string;
  readonly index: number;
  readonly hashRange: HashRange;
  /** None, the one that was split, or the two that were merged. */
  readonly parents: readonly string[];
  readonly startingSequence: Sequence;
  readonly openedMs: number;
  closed: { readonly atMs: number; readonly endingSequence: Sequence } | null;
  children: readonly string[];
  lastSequence: Sequence;
  /** In order of sequence; those that were trimmed are gone. */
  records: StoredRecord[];
  readonly budget: {
    readonly writeRecords: Bucket;
    readonly writeBytes: Bucket;
    readonly reads: Bucket;
    readonly readBytes: Bucket;
    readonly iterators: Bucket;
  };
}

interface NewShard {
  readonly index: number;
  readonly hashRange: HashRange;
  readonly parents: readonly string[];
  readonly startingSequence: Sequence;
  readonly openedMs: number;
}

export const shardIdOf = (index: number): string => `shardId-${String(index).padStart(12, "0")}`;

export const openShard = (shard: NewShard, limits: Limits): Shard => ({
  ...shard,
  id: shardIdOf(shard.index),
  closed: null,
  children: [],
  lastSequence: shard.startingSequence,
  records: [],
  budget: {
    writeRecords: createBucket(limits.shardWriteRecords),
    writeBytes: createBucket(limits.shardWriteBytes),
    reads: createBucket(limits.shardReads),
    readBytes: createBucket(limits.shardReadBytes),
    iterators: createBucket(limits.shardIterators),
  },
});

export const OLDEST: Position = { sequence: ORIGIN, after: true };

export const newestOf = (shard: Shard): Position => ({ sequence: shard.lastSequence, after: true });

/** The place of the first record that a reader at this position gets. */
export const placeOf = (shard: Shard, position: Position): number => {
  let low = 0;
  let high = shard.records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { sequence } = shard.records[middle] as StoredRecord;
    const before = position.after ? sequence <= position.sequence : sequence < position.sequence;
    if (before) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The first record that arrived then or later, or what comes next. */
export const positionAt = (shard: Shard, arrivalMs: number): Position => {
  const found = shard.records.find((record) => record.arrivalMs >= arrivalMs);
  return found ? { sequence: found.sequence, after: false } : newestOf(shard);
};

/** The records from `place` on, one at least, as far as count and bytes of data and key allow. */
export const takeFrom = (
  shard: Shard,
  place: number,
  countMax: number,
  bytesMax: number,
): { readonly records: readonly StoredRecord[]; readonly bytes: number } => {
  const records: StoredRecord[] = [];
  let bytes = 0;
  for (let at = place; at < shard.records.length && records.length < countMax; at++) {
    const record = shard.records[at] as StoredRecord;
    const size = recordBytes(record.data, record.partitionKey);
    if (records.length > 0 && bytes + size > bytesMax) break;
    records.push(record);
    bytes += size;
  }
  return { records, bytes };
};

export const recordBytes = (data: Uint8Array, partitionKey: string | undefined): number =>
  data.length + (partitionKey === undefined ? 0 : Buffer.byteLength(partitionKey));

/** Deletes what arrived before. */
export const trimShard = (shard: Shard, beforeMs: number): number => {
  const kept = shard.records.findIndex(({ arrivalMs }) => arrivalMs >= beforeMs);
  const gone = kept < 0 ? shard.records.length : kept;
  if (gone > 0) shard.records = shard.records.slice(gone);
  return gone;
};
