/*
 * A KPL aggregate: MAGIC, a protobuf message (proto2), the MD5 of the message's bytes.
 *   AggregatedRecord { repeated string partition_key_table = 1; repeated string explicit_hash_key_table = 2; repeated Record records = 3; }
 *   Record { required uint64 partition_key_index = 1; optional uint64 explicit_hash_key_index = 2; required bytes data = 3; repeated Tag tags = 4; }
 *   Tag { required string key = 1; optional string value = 2; }
 * Source: aggregation-format.md of amazon-kinesis-producer.
 */
export const MAGIC = Uint8Array.of(0xf3, 0x89, 0x9a, 0xc2);
export const DIGEST_BYTES = 16;
/** What an aggregate has beside its message. */
export const FRAME_BYTES = MAGIC.length + DIGEST_BYTES;

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const tag = (field: number, wireType: number): number => field * 8 + wireType;

export const PARTITION_KEY = tag(1, LENGTH_DELIMITED);
export const EXPLICIT_HASH_KEY = tag(2, LENGTH_DELIMITED);
export const MEMBER = tag(3, LENGTH_DELIMITED);

export const PARTITION_KEY_INDEX = tag(1, VARINT);
export const EXPLICIT_HASH_KEY_INDEX = tag(2, VARINT);
export const DATA = tag(3, LENGTH_DELIMITED);
export const TAG = tag(4, LENGTH_DELIMITED);

export const TAG_KEY = tag(1, LENGTH_DELIMITED);
export const TAG_VALUE = tag(2, LENGTH_DELIMITED);

/** True of what reads as an aggregate until its message and digest have been looked at. */
export const hasFrame = (bytes: Uint8Array, start: number, end: number): boolean =>
  bytes[start] === MAGIC[0] &&
  end - start >= FRAME_BYTES &&
  bytes[start + 1] === MAGIC[1] &&
  bytes[start + 2] === MAGIC[2] &&
  bytes[start + 3] === MAGIC[3];

/** True of bytes that must not travel as a record of their own: a reader would take them for an aggregate. */
export const startsWithMagic = (bytes: Uint8Array): boolean =>
  bytes.length >= MAGIC.length && MAGIC.every((byte, index) => bytes[index] === byte);
