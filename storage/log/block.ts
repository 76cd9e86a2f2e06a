import { crc32 } from "node:zlib";
import { createByteReader, type EpochMs, epochMs } from "@freshet/model";
import { StorageError } from "../errors.js";
import { sequenceOfKey } from "./blockKey.js";

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

/** Of a safe integer. */
const VARINT_BYTES_MAX = 8;
const VARINTS_OF_RECORD = 4;
const HEADER_BYTES_MAX = 1 + 4 * VARINT_BYTES_MAX;
const UTF8_BYTES_OF_UNIT_MAX = 3;

/** Returns where it ends. */
const putVarint = (block: Buffer, start: number, value: number): number => {
  let at = start;
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) block[at++] = (rest & 0x7f) | 0x80;
  block[at++] = rest;
  return at;
};

/**
 * @param key Of the first record.
 * @param records At least one, by rising sequence.
 */
export const packBlock = (key: Buffer, records: readonly BlockRecord[]): Buffer => {
  const [first] = records as readonly [BlockRecord];
  let least: number = first.arrivalMs;
  let greatest = least;
  let bytesMax = HEADER_BYTES_MAX + CRC_BYTES;
  for (const { arrivalMs, partitionKey, data } of records) {
    if (arrivalMs < least) least = arrivalMs;
    if (arrivalMs > greatest) greatest = arrivalMs;
    bytesMax +=
      VARINTS_OF_RECORD * VARINT_BYTES_MAX + partitionKey.length * UTF8_BYTES_OF_UNIT_MAX + data.length;
  }
  const block = Buffer.allocUnsafe(bytesMax);
  block[0] = BLOCK_VERSION;
  let at = putVarint(block, 1, records.length);
  at = putVarint(block, at, (records[records.length - 1] as BlockRecord).sequence - first.sequence);
  at = putVarint(block, at, least);
  at = putVarint(block, at, greatest - least);
  let previous = first.sequence;
  for (const { sequence, arrivalMs, partitionKey, data } of records) {
    at = putVarint(block, at, sequence - previous);
    at = putVarint(block, at, arrivalMs - least);
    at = putVarint(block, at, Buffer.byteLength(partitionKey));
    at += block.write(partitionKey, at, "utf8");
    at = putVarint(block, at, data.length);
    block.set(data, at);
    at += data.length;
    previous = sequence;
  }
  block.writeUInt32LE(crc32(block.subarray(0, at), crc32(key)), at);
  return block.subarray(0, at + CRC_BYTES);
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
