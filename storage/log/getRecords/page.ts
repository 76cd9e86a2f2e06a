import {
  type EpochMs,
  epochMs,
  type SequenceNumber,
  type ShardId,
  sequenceNumber,
  shardId,
} from "@freshet/model";
import type { Shard } from "../port.js";

/** What a GetRecords response says beside the data, which lie in the batch; by index of the record there. May hold on to the body. */
export interface RecordsPage {
  readonly arrivalsMs: readonly EpochMs[];
  sequence(record: number): SequenceNumber;
  /** Null where the producer gave none, as AUTO distribution allows. */
  partitionKey(record: number): string | null;
  /** Null at the end of the shard. */
  readonly nextShardIterator: string | null;
  readonly millisBehindLatest: number | null;
  /** What follows the shard; only at its end. */
  readonly children: readonly ChildShard[];
}

export type ChildShard = Pick<Shard, "id" | "parents" | "hashRange">;

export const SEQUENCE_DIGITS_MAX = 56;

type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Seconds with a fraction, as Kinesis writes them, or ISO 8601, as some emulators do. Null for what is no time. */
export const arrivalOf = (value: unknown): EpochMs | null => {
  const ms = typeof value === "string" ? Date.parse(value) : typeof value === "number" ? value * 1000 : NaN;
  const whole = Math.round(ms);
  return Number.isSafeInteger(whole) && whole >= 0 ? epochMs(whole) : null;
};

/** Null for what is no sequence number. */
export const sequenceOf = (value: unknown): SequenceNumber | null =>
  typeof value === "string" && /^\d+$/.test(value) && value.length <= SEQUENCE_DIGITS_MAX
    ? sequenceNumber(value)
    : null;

const isDigits = (value: unknown): value is string => typeof value === "string" && /^\d{1,39}$/.test(value);

const childOf = (value: unknown): ChildShard | null => {
  if (!isObject(value)) return null;
  const { ShardId: id, ParentShards: parents, HashKeyRange: range } = value;
  if (typeof id !== "string" || !Array.isArray(parents) || !isObject(range)) return null;
  const { StartingHashKey: first, EndingHashKey: last } = range;
  if (!parents.every((parent) => typeof parent === "string") || !isDigits(first) || !isDigits(last))
    return null;
  return {
    id: shardId(id),
    parents: parents.map((parent): ShardId => shardId(parent)),
    hashRange: { first: BigInt(first), last: BigInt(last) },
  };
};

type Tail = Pick<RecordsPage, "nextShardIterator" | "millisBehindLatest" | "children">;

/** What stands beside the records; null where it is not of its type. */
export const tailOf = ({ NextShardIterator, MillisBehindLatest, ChildShards }: Json): Tail | null => {
  const iterator = NextShardIterator ?? null;
  const behind = MillisBehindLatest ?? null;
  const shards = ChildShards ?? [];
  if (iterator !== null && typeof iterator !== "string") return null;
  if (behind !== null && typeof behind !== "number") return null;
  if (!Array.isArray(shards)) return null;
  const children = shards.map(childOf);
  return children.every((child) => child !== null)
    ? { nextShardIterator: iterator, millisBehindLatest: behind, children }
    : null;
};
