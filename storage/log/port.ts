import type { DurationMs, EpochMs, SequenceNumber, ShardId } from "@freshet/model";
import type { DigestPolicy } from "@freshet/kpl";
import type { EntrySpans } from "./entrySpans.js";
import type { Outcomes } from "./outcomes.js";

/** Fixed when a log is made; part of every position, cut and checkpoint. */
export interface LogIdentity {
  /** The embedded log's UUID, or a stream's ARN with its creation time. */
  readonly id: string;
  readonly createdMs: EpochMs;
  readonly segmentMs: DurationMs;
  readonly segmentEventsMax: number;
  readonly dedupeHorizonMs: DurationMs;
  /** Whether the MD5 of aggregates is compared: it decides what counts as an event, so all that read the log agree on it. */
  readonly digest: DigestPolicy;
  /** The shards that the log began with. */
  readonly roster: readonly ShardId[];
}

export interface Shard {
  readonly id: ShardId;
  readonly parents: readonly ShardId[];
  /** Unsigned 128-bit, both inclusive: the MD5 of a partition key as a big-endian number lies in one open shard's range. */
  readonly hashRange: { readonly first: bigint; readonly last: bigint };
  /** Open while it takes records; closed after a split or merge. */
  readonly closed: boolean;
}

export interface LogRecord {
  readonly sequence: SequenceNumber;
  readonly arrivalMs: EpochMs;
  readonly partitionKey: string;
  readonly data: Uint8Array;
}

export interface LogEntry {
  readonly partitionKey: string;
  readonly data: Uint8Array;
  /** Puts the entry in the shard whose range holds it, instead of the key's MD5. */
  readonly explicitHashKey?: bigint;
  /** A replay's virtual arrival clock. Embedded only; the log's own clock where it is absent. */
  readonly arrivalMs?: EpochMs;
}

export type AppendOutcome =
  | { readonly kind: "stored"; readonly shard: ShardId; readonly sequence: SequenceNumber }
  | { readonly kind: "throttled"; readonly retryAfterMs: number };

export interface ReadResult {
  readonly records: readonly LogRecord[];
  /** True when the reader stood at the end of the shard, at `readAtMs`. */
  readonly atEnd: boolean;
  /** Of a log that is read ahead of who asks: the moment of which `atEnd` speaks. Absent: that of the call. */
  readonly readAtMs?: EpochMs;
  /** Set when the shard is closed and every record of it has been delivered. */
  readonly ended: { readonly children: readonly ShardId[] } | null;
  /** Set when records after `after` have been trimmed: the first sequence still there (null: none is). */
  readonly trimmed: { readonly firstAvailable: SequenceNumber | null } | null;
}

/** What one read gives at most, as Kinesis' GetRecords does; a record that is larger comes by itself. */
export const READ_BYTES_MAX = 10 * 2 ** 20;

/** An append-only log of shards, with Kinesis' terms and guarantees. */
export interface ShardLog {
  readonly identity: LogIdentity;
  /** One outcome an entry, in order. Stored means durable. Order within a shard is the order of sequences. */
  append(entries: readonly LogEntry[]): Promise<readonly AppendOutcome[]>;
  /** The same of entries in one buffer, which may be used again as soon as it has returned. */
  appendSpans(spans: EntrySpans): Promise<Outcomes<AppendOutcome>>;
  shards(): Promise<readonly Shard[]>;
  /**
   * Records with a sequence greater than `after` (from the oldest where null), in order: at most `limit`, and at most
   * `READ_BYTES_MAX` of data, but one at least where there is one.
   */
  read(shard: ShardId, after: SequenceNumber | null, limit: number): Promise<ReadResult>;
  /**
   * Throttles, for so long from now, every append that brings no arrival stamps of its own: who reads the log cannot keep up with it.
   * Absent of a log that bounds its producers itself.
   */
  holdBack?(forMs: number): Promise<void>;
  /** The shard is not read on from here: what is read ahead of it is dropped. Absent of a log that reads nothing ahead. */
  leave?(shard: ShardId): void;
  /** Resolves when something may have been appended, or after `timeoutMs`. */
  wait(timeoutMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Kinesis' SplitShard and MergeShards: the parents close, the children open. */
export interface ShardAdmin {
  split(shard: ShardId, newStartingHashKey: bigint): Promise<readonly [ShardId, ShardId]>;
  merge(shard: ShardId, adjacent: ShardId): Promise<ShardId>;
  /** Deletes records that arrived before `beforeMs`, as retention does. */
  trim(beforeMs: EpochMs): Promise<{ readonly deleted: number }>;
}
