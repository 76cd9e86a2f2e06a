import { crc32 } from "node:zlib";
import { createByteReader, type EpochMs, epochMs } from "@freshet/model";
import { StorageError } from "../errors.js";
import { sequenceOfKey } from "./blockKey.js";
import type { PendingEntries } from "./pendingEntries.js";
import { putVarint, VARINT_BYTES_MAX } from "./varint.js";

/*
 * The embedded log stores runs of one shard's records as blocks (their keys: blockKey.ts):
 *   version u8, count, last - first sequence, least arrival, greatest - least arrival (varints),
 *   per record: sequence - the one before, arrival - least (varints), partition key (text), data (length, bytes),
 *   CRC-32 of the key and all before, u32 little endian.
 */
const BLOCK_VERSION = 1;
const CRC_BYTES = 4;

export interface BlockRecord {
  readonly sequence: number;
  readonly arrivalMs: EpochMs;
  readonly partitionKey: string;
  readonly data: Uint8Array;
}

export interface BlockHeader {
  readonly count: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly greatestArrivalMs: EpochMs;
}

const VARINTS_OF_HEADER = 4;
const VARINTS_OF_RECORD = 4;

/** Room for the greatest block of so many records, whose keys and data are so many bytes. */
export const blockBytesMax = (count: number, bytes: number): number =>
  1 + (VARINTS_OF_HEADER + VARINTS_OF_RECORD * count) * VARINT_BYTES_MAX + bytes + CRC_BYTES;

/** Some of a commit's entries, by their rising indexes: the first one's sequence is the key's. */
export interface BlockMembers {
  readonly indexes: Int32Array;
  readonly count: number;
}

/**
 * Writes a block of at least one entry.
 * @param key Of its first record.
 * @param room `blockBytesMax` at least. @param nowMs The log's own clock.
 * @returns The part of `room` that is the block.
 */
export const packBlock = (
  room: Buffer,
  key: Buffer,
  entries: PendingEntries,
  { indexes, count }: BlockMembers,
  nowMs: EpochMs,
): Buffer => {
  const { bytes, keyStarts, keyEnds, dataStarts, dataEnds } = entries;
  const first = indexes[0] as number;
  let least = entries.arrivalMs(first, nowMs);
  let greatest = least;
  for (let member = 1; member < count; member++) {
    const arrivalMs = entries.arrivalMs(indexes[member] as number, nowMs);
    if (arrivalMs < least) least = arrivalMs;
    if (arrivalMs > greatest) greatest = arrivalMs;
  }
  room[0] = BLOCK_VERSION;
  let at = putVarint(room, 1, count);
  at = putVarint(room, at, (indexes[count - 1] as number) - first);
  at = putVarint(room, at, least);
  at = putVarint(room, at, greatest - least);
  let previous = first;
  for (let member = 0; member < count; member++) {
    const index = indexes[member] as number;
    at = putVarint(room, at, index - previous);
    at = putVarint(room, at, entries.arrivalMs(index, nowMs) - least);
    const keyEnd = keyEnds[index] as number;
    let from = keyStarts[index] as number;
    at = putVarint(room, at, keyEnd - from);
    // Keys are short: sooner done than a call.
    while (from < keyEnd) room[at++] = bytes[from++] as number;
    const dataStart = dataStarts[index] as number;
    const dataEnd = dataEnds[index] as number;
    at = putVarint(room, at, dataEnd - dataStart);
    at += bytes.copy(room, at, dataStart, dataEnd);
    previous = index;
  }
  room.writeUInt32LE(crc32(room.subarray(0, at), crc32(key)), at);
  return room.subarray(0, at + CRC_BYTES);
};

const damaged = (key: Buffer, why: string): StorageError =>
  new StorageError(
    "corrupt",
    `the log's block that begins at sequence ${sequenceOfKey(key)} is damaged: ${why}; restore a backup (\`freshet restore\`)`,
  );

const opened = (key: Buffer, block: Buffer) => {
  const end = block.length - CRC_BYTES;
  if (end <= 0) throw damaged(key, "it is too short");
  const body = block.subarray(0, end);
  if (crc32(body, crc32(key)) !== block.readUInt32LE(end)) throw damaged(key, "its checksum is wrong");
  if (body[0] !== BLOCK_VERSION) throw damaged(key, `its version is ${body[0]}`);
  const reader = createByteReader(body, 1);
  const firstSequence = sequenceOfKey(key);
  const count = reader.varint();
  const lastSequence = firstSequence + reader.varint();
  const least = reader.varint();
  const header: BlockHeader = {
    count,
    firstSequence,
    lastSequence,
    greatestArrivalMs: epochMs(least + reader.varint()),
  };
  return { header, least, reader };
};

/** @throws StorageError `corrupt` unless it is what `packBlock` made under that key. */
export const blockHeader = (key: Buffer, block: Buffer): BlockHeader => opened(key, block).header;

/** The data are views into `block`. @throws As `blockHeader`. */
export const unpackBlock = (key: Buffer, block: Buffer): readonly BlockRecord[] => {
  const { header, least, reader } = opened(key, block);
  const records: BlockRecord[] = [];
  let sequence = header.firstSequence;
  for (let index = 0; index < header.count; index++) {
    sequence += reader.varint();
    const arrivalMs = epochMs(least + reader.varint());
    const partitionKey = reader.text();
    records.push({ sequence, arrivalMs, partitionKey, data: reader.bytes(reader.varint()) });
  }
  return records;
};
