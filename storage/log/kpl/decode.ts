import { type DigestPolicy, holdsDigest, isCompared } from "./digest.js";
import {
  DATA,
  DIGEST_BYTES,
  EXPLICIT_HASH_KEY,
  EXPLICIT_HASH_KEY_INDEX,
  hasFrame,
  MAGIC,
  MEMBER,
  PARTITION_KEY,
  PARTITION_KEY_INDEX,
  TAG,
  TAG_KEY,
  TAG_VALUE,
} from "./format.js";
import { BROKEN, createWireReader, type WireReader } from "./wire.js";

export interface AggregateTag {
  readonly key: string;
  readonly value: string | null;
}

/** A member of an aggregate, with all that the format can say of it. Its index in the aggregate is its subsequence. */
export interface AggregateMember {
  /** Null where the aggregate points outside its own table: the data are no less the user's. */
  readonly partitionKey: string | null;
  /** As it stands in the table; null where there is none. */
  readonly explicitHashKey: string | null;
  /** A view. */
  readonly data: Uint8Array;
  readonly tags: readonly AggregateTag[];
}

interface Field {
  readonly tag: number;
  /** Of a number. */
  readonly value: number;
  /** Of bytes. */
  readonly start: number;
  readonly end: number;
}

const LENGTH_DELIMITED = 2;
const VARINT = 0;

const readField = (wire: WireReader, end: number): Field | null => {
  const tag = wire.tag(end);
  if (tag === BROKEN) return null;
  if (tag % 8 === VARINT) {
    const value = wire.varint(end);
    return value === BROKEN ? null : { tag, value, start: wire.at, end: wire.at };
  }
  if (tag % 8 === LENGTH_DELIMITED) {
    const length = wire.length(end);
    if (length === BROKEN) return null;
    wire.at += length;
    return { tag, value: BROKEN, start: wire.at - length, end: wire.at };
  }
  return wire.skip(tag, end) ? { tag, value: BROKEN, start: wire.at, end: wire.at } : null;
};

/** The fields of the message `[start, end)`, unknown ones too; null where it is none. */
const readMessage = (bytes: Uint8Array, start: number, end: number): readonly Field[] | null => {
  const wire = createWireReader(bytes);
  wire.at = start;
  const fields: Field[] = [];
  while (wire.at < end) {
    const field = readField(wire, end);
    if (field === null) return null;
    fields.push(field);
  }
  return fields;
};

/** Of fields given twice the last counts, as protobuf demands. */
const last = (fields: readonly Field[], tag: number): Field | undefined =>
  fields.findLast((field) => field.tag === tag);

const textsOf = (bytes: Buffer, fields: readonly Field[], tag: number): readonly string[] =>
  fields.filter((field) => field.tag === tag).map(({ start, end }) => bytes.toString("utf8", start, end));

const readTag = (bytes: Buffer, { start, end }: Field): AggregateTag | null => {
  const fields = readMessage(bytes, start, end);
  const key = fields && last(fields, TAG_KEY);
  if (!fields || !key) return null;
  const value = last(fields, TAG_VALUE);
  return {
    key: bytes.toString("utf8", key.start, key.end),
    value: value ? bytes.toString("utf8", value.start, value.end) : null,
  };
};

const readMember = (
  bytes: Buffer,
  { start, end }: Field,
  keys: readonly string[],
  hashKeys: readonly string[],
): AggregateMember | null => {
  const fields = readMessage(bytes, start, end);
  if (!fields) return null;
  const key = last(fields, PARTITION_KEY_INDEX);
  const hashKey = last(fields, EXPLICIT_HASH_KEY_INDEX);
  const data = last(fields, DATA);
  const tags = fields.filter(({ tag }) => tag === TAG).map((field) => readTag(bytes, field));
  if (!key || !data || !tags.every((tag) => tag !== null)) return null;
  return {
    partitionKey: keys[key.value] ?? null,
    explicitHashKey: hashKey ? (hashKeys[hashKey.value] ?? null) : null,
    data: bytes.subarray(data.start, data.end),
    tags,
  };
};

/**
 * The members of a KPL aggregate, in order; null where `record` is none, and so the data of one user. `pushAggregate` says the same
 * of whole batches, without what lies beside the data.
 */
export const decodeAggregate = (
  record: Uint8Array,
  digest: DigestPolicy,
): readonly AggregateMember[] | null => {
  const bytes = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
  if (!hasFrame(bytes, 0, bytes.length)) return null;
  const end = bytes.length - DIGEST_BYTES;
  const fields = readMessage(bytes, MAGIC.length, end);
  if (!fields) return null;
  const keys = textsOf(bytes, fields, PARTITION_KEY);
  const hashKeys = textsOf(bytes, fields, EXPLICIT_HASH_KEY);
  const members: AggregateMember[] = [];
  for (const field of fields) {
    if (field.tag !== MEMBER) continue;
    const member = readMember(bytes, field, keys, hashKeys);
    if (!member) return null;
    members.push(member);
  }
  if (!isCompared(digest, bytes, end, members.length > 0)) return members;
  return holdsDigest(bytes, MAGIC.length, end) ? members : null;
};
