import type { EpochMs } from "@freshet/model";
import type { Routed } from "./appendQueue.js";
import { type BlockRecord, packBlock } from "./block.js";
import { blockKey } from "./blockKey.js";
import { type LogTables, readState, writeState } from "./logStore.js";
import type { AppendOutcome } from "./port.js";
import { sequenceText } from "./sequence.js";
import { type Routing, route, type ShardEntry, type ShardTable } from "./shardTable.js";

const BLOCK_RECORDS_MAX = 1024;
const BLOCK_BYTES_MAX = 64 * 1024;

interface OpenBlock {
  readonly shard: number;
  records: BlockRecord[];
  bytes: number;
}

export interface PackedAppend {
  readonly outcomes: readonly AppendOutcome[];
  readonly blocks: readonly { readonly key: Buffer; readonly value: Buffer }[];
  readonly nextSequence: number;
}

/** Gives every entry its shard and sequence, in order, and packs each shard's into blocks. */
const packAppend = (
  routed: readonly Routed[],
  firstSequence: number,
  stampMs: EpochMs,
  shards: ShardTable,
  routing: Routing,
): PackedAppend => {
  const open = new Map<number, OpenBlock>();
  const blocks: { key: Buffer; value: Buffer }[] = [];
  const seal = (block: OpenBlock): void => {
    const [first] = block.records as [BlockRecord];
    const key = blockKey(block.shard, first.sequence);
    blocks.push({ key, value: packBlock(key, block.records) });
    block.records = [];
    block.bytes = 0;
  };
  const outcomes: AppendOutcome[] = [];
  let sequence = firstSequence;
  for (const { entry, hashKey } of routed) {
    const shard = route(routing, hashKey);
    let block = open.get(shard);
    if (!block) {
      block = { shard, records: [], bytes: 0 };
      open.set(shard, block);
    }
    const { partitionKey, data } = entry;
    const bytes = data.length + partitionKey.length;
    const full = block.records.length >= BLOCK_RECORDS_MAX || block.bytes + bytes > BLOCK_BYTES_MAX;
    if (full && block.records.length > 0) seal(block);
    block.records.push({ sequence, arrivalMs: entry.arrivalMs ?? stampMs, partitionKey, data });
    block.bytes += bytes;
    outcomes.push({
      kind: "stored",
      shard: (shards[shard] as ShardEntry).id,
      sequence: sequenceText(sequence),
    });
    sequence += 1;
  }
  for (const block of open.values()) if (block.records.length > 0) seal(block);
  return { outcomes, blocks, nextSequence: sequence };
};

/** Call inside a transaction. */
export const storeAppend = (
  { meta, blocks }: LogTables,
  routed: readonly Routed[],
  stampMs: EpochMs,
  shards: ShardTable,
  routing: Routing,
): readonly AppendOutcome[] => {
  const state = readState(meta);
  const packed = packAppend(routed, state.nextSequence, stampMs, shards, routing);
  // The counter first: should a later write fail, its sequences are lost, never given twice.
  writeState(meta, { ...state, nextSequence: packed.nextSequence });
  for (const { key, value } of packed.blocks) blocks.putSync(key, value);
  return packed.outcomes;
};
