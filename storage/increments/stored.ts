import type { BodyPointer, CompactedRecord, SegmentKey, SegmentRecord, ShardId } from "@freshet/model";
import { packDocument, unpackDocument } from "../lmdb/document.js";
import { compositeKey } from "../lmdb/key.js";

const TWO_32 = 2 ** 32;
/** Ticks begin at -1. */
const TICK_OFFSET = 1;

/** Orders as `compareSegmentKeys` does. */
export const segmentKeyBytes = (shard: ShardId, { tick, ordinal }: SegmentKey): Buffer => {
  const shifted = tick + TICK_OFFSET;
  const key = Buffer.allocUnsafe(12);
  key.writeUInt32BE(Math.floor(shifted / TWO_32), 0);
  key.writeUInt32BE(shifted % TWO_32, 4);
  key.writeUInt32BE(ordinal, 8);
  return compositeKey(shard, key);
};

/** Where a shard's keys begin and end. */
export const shardRange = (shard: ShardId): { readonly start: Buffer; readonly end: Buffer } => ({
  start: compositeKey(shard, Buffer.alloc(0)),
  end: compositeKey(shard, Buffer.alloc(13, 0xff)),
});

type WithBody = SegmentRecord | CompactedRecord;

/** Inline bodies lie behind the JSON as they are. */
export const packWithBody = (record: WithBody): Buffer =>
  record.body.kind === "inline"
    ? packDocument({ ...record, body: null }, record.body.bytes)
    : packDocument(record);

export const unpackWithBody = <T extends WithBody>(packed: Buffer, what: string): T => {
  const { json, bytes } = unpackDocument(packed, what);
  const record = json as Omit<T, "body"> & { readonly body: BodyPointer | null };
  return { ...record, body: record.body ?? { kind: "inline", bytes } } as T;
};
