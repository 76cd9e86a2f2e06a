import type { EpochMs } from "@freshet/model";
import { blockHeader, unpackBlock } from "./block.js";
import { blockKey } from "./blockKey.js";
import { type LogTables } from "./logStore.js";
import type { ShardEntry } from "./shardTable.js";

/** How much is deleted under one hold of the write lock. */
const BLOCKS_PER_TRANSACTION = 256;

export interface TrimStep {
  readonly deleted: number;
  readonly trimmedThrough: number;
  readonly more: boolean;
}

/**
 * Deletes the oldest records of a shard, up to the first that arrived at or after `beforeMs`. Call inside a
 * transaction. A block goes when all of it has gone; until then `trimmedThrough` hides the part.
 */
export const trimShard = (
  { blocks }: LogTables,
  shard: number,
  { trimmedThrough }: ShardEntry,
  beforeMs: EpochMs,
): TrimStep => {
  const gone: Buffer[] = [];
  let deleted = 0;
  let through = trimmedThrough;
  const step = (more: boolean): TrimStep => {
    for (const key of gone) blocks.removeSync(key);
    return { deleted, trimmedThrough: through, more };
  };
  for (const { key, value } of blocks.getRange({ start: blockKey(shard, 0), end: blockKey(shard + 1, 0) })) {
    if (gone.length >= BLOCKS_PER_TRANSACTION) return step(true);
    const header = blockHeader(key, value);
    if (header.greatestArrivalMs < beforeMs && header.firstSequence > through) {
      deleted += header.count;
      through = header.lastSequence;
      gone.push(key);
      continue;
    }
    for (const record of unpackBlock(key, value)) {
      if (record.sequence <= through) continue;
      if (record.arrivalMs >= beforeMs) return step(false);
      deleted += 1;
      through = record.sequence;
    }
    gone.push(key);
  }
  return step(false);
};
