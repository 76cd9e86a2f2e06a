import type { SequenceNumber } from "@freshet/model";
import { type BlockRecord, unpackBlock } from "./block.js";
import { blockKey, shardOfKey } from "./blockKey.js";
import { type LogRecord, READ_BYTES_MAX, type ReadResult } from "./port.js";
import { sequenceText } from "./sequence.js";
import type { ShardEntry } from "./shardTable.js";
import type { Table } from "../lmdb/environment.js";

/** No sequence of an embedded log comes near. */
const SEQUENCE_MAX = Number.MAX_SAFE_INTEGER - 1;

const published = ({ sequence, arrivalMs, partitionKey, data }: BlockRecord): LogRecord => ({
  sequence: sequenceText(sequence),
  arrivalMs,
  partitionKey,
  data,
});

/** The key of the block that holds `sequence`, or else where it would be. */
const startKey = (blocks: Table, shard: number, sequence: number): Buffer => {
  const wanted = blockKey(shard, sequence);
  for (const key of blocks.getKeys({ start: wanted, reverse: true, limit: 1 })) {
    if (shardOfKey(key) === shard) return key;
  }
  return wanted;
};

interface Run {
  readonly records: readonly LogRecord[];
  readonly atEnd: boolean;
}

const readRun = (blocks: Table, shard: number, after: number, limit: number, start: Buffer): Run => {
  const records: LogRecord[] = [];
  let bytes = 0;
  const end = blockKey(shard + 1, 0);
  for (const { key, value } of blocks.getRange({ start, end })) {
    if (records.length >= limit) return { records, atEnd: false };
    for (const record of unpackBlock(key, value)) {
      if (record.sequence <= after) continue;
      bytes += record.data.length;
      if (records.length >= limit || (bytes > READ_BYTES_MAX && records.length > 0))
        return { records, atEnd: false };
      records.push(published(record));
    }
  }
  return { records, atEnd: true };
};

/** Reads one snapshot: call it and `refresh` in one turn. */
export type ReadShard = (
  shard: number,
  entry: ShardEntry,
  after: SequenceNumber | null,
  limit: number,
) => ReadResult;

export const createShardReader = (blocks: Table): ReadShard => {
  /** By shard: the last sequence of a block that ended what was read. Who goes on from it is spared that block. */
  const ends = new Map<number, number>();

  return (shard, entry, after, limit) => {
    const asked = after === null ? 0 : Math.min(Number(after), SEQUENCE_MAX);
    const from = Math.max(asked, entry.trimmedThrough);
    const start = ends.get(shard) === from ? blockKey(shard, from + 1) : startKey(blocks, shard, from + 1);
    const { records, atEnd } = readRun(blocks, shard, from, limit, start);
    const last = records.at(-1);
    if (atEnd && last) ends.set(shard, Number(last.sequence));
    const firstAvailable = (): SequenceNumber | null =>
      records[0]?.sequence ?? readRun(blocks, shard, from, 1, start).records[0]?.sequence ?? null;
    return {
      records,
      atEnd,
      ended: entry.closed && atEnd ? { children: entry.children } : null,
      trimmed: asked < entry.trimmedThrough ? { firstAvailable: firstAvailable() } : null,
    };
  };
};
