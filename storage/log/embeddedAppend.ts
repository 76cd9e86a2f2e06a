import type { EpochMs } from "@freshet/model";
import type { Stored } from "./appendQueue.js";
import { blockBytesMax, packBlock } from "./block.js";
import { blockKey } from "./blockKey.js";
import { type LogTables, readState, writeState } from "./logStore.js";
import type { PendingEntries } from "./pendingEntries.js";
import { sequenceText } from "./sequence.js";
import { type Routing, route, type ShardEntry, type ShardTable } from "./shardTable.js";

const BLOCK_RECORDS_MAX = 1024;
const BLOCK_BYTES_MAX = 64 * 1024;
const ROOM_FIRST = blockBytesMax(BLOCK_RECORDS_MAX, BLOCK_BYTES_MAX);
const HASH_BYTES = 16;

interface OpenBlock {
  readonly indexes: Int32Array;
  count: number;
  bytes: number;
}

/** Gives every entry its shard and sequence, in order, and stores each shard's in blocks. Call inside a transaction. */
export type StoreAppend = (
  entries: PendingEntries,
  hashKeys: Uint8Array,
  nowMs: EpochMs,
  shards: ShardTable,
  routing: Routing,
) => Stored;

export const createStoreAppend = ({ meta, blocks }: LogTables): StoreAppend => {
  /** By shard; empty between calls. */
  const open = new Map<number, OpenBlock>();
  let room: Buffer = Buffer.allocUnsafeSlow(ROOM_FIRST);

  const openBlock = (shard: number): OpenBlock => {
    const standing = open.get(shard);
    if (standing) return standing;
    const block = { indexes: new Int32Array(BLOCK_RECORDS_MAX), count: 0, bytes: 0 };
    open.set(shard, block);
    return block;
  };

  return (entries, hashKeys, nowMs, shards, routing) => {
    const state = readState(meta);
    const { nextSequence: firstSequence } = state;
    const { keyStarts, keyEnds, dataStarts, dataEnds, count } = entries;
    // The counter first: should a later write fail, its sequences are lost, never given twice.
    writeState(meta, { ...state, nextSequence: firstSequence + count });

    const seal = (shard: number, block: OpenBlock): void => {
      const bytesMax = blockBytesMax(block.count, block.bytes);
      if (bytesMax > room.length) room = Buffer.allocUnsafeSlow(bytesMax);
      const key = blockKey(shard, firstSequence + (block.indexes[0] as number));
      blocks.putSync(key, packBlock(room, key, entries, block, nowMs));
      block.count = 0;
      block.bytes = 0;
    };
    for (const block of open.values()) block.count = block.bytes = 0; // of a call that failed
    const shardOf = new Uint32Array(count);
    for (let index = 0; index < count; index++) {
      const shard = route(routing, hashKeys, index * HASH_BYTES);
      shardOf[index] = shard;
      const block = openBlock(shard);
      const keyBytes = (keyEnds[index] as number) - (keyStarts[index] as number);
      const bytes = keyBytes + (dataEnds[index] as number) - (dataStarts[index] as number);
      const full = block.count === BLOCK_RECORDS_MAX || block.bytes + bytes > BLOCK_BYTES_MAX;
      if (full && block.count > 0) seal(shard, block);
      block.indexes[block.count++] = index;
      block.bytes += bytes;
    }
    for (const [shard, block] of open) if (block.count > 0) seal(shard, block);
    return (index) => ({
      kind: "stored",
      shard: (shards[shardOf[index] as number] as ShardEntry).id,
      sequence: sequenceText(firstSequence + index),
    });
  };
};
