import type { Clock } from "../clock.js";
import type { ChildShard } from "../plan/shardEnd.js";
import type { KinesisStream, StartingPoint, StreamFailure, StreamRecord } from "../stream/stream.js";
import type { PrefetchLimits } from "./prefetch.js";
import type { ReadBudget } from "./readBudget.js";

/** One reply of Kinesis, however it came. */
export interface Delivery {
  readonly records: readonly StreamRecord[];
  readonly bytes: number;
  /** Set at the shard's end, with what it became: nothing, where the shard has left the log. */
  readonly ended: { readonly children: readonly ChildShard[] } | null;
  /** A sequence number through which the shard holds nothing more; null where the reply names none. */
  readonly quietThrough: string | null;
  readonly behindMs: number;
}

/** What a source needs, however it reads. */
export interface SourceOptions {
  readonly stream: KinesisStream;
  readonly shard: string;
  readonly from: StartingPoint;
  readonly clock: Clock;
  readonly random: () => number;
  readonly prefetch: PrefetchLimits;
  readonly budget: ReadBudget;
  readonly requestTimeoutMs: number;
  readonly onFailure: (failure: StreamFailure) => void;
}

/** Reads one shard ahead of whoever takes, as far as there is room. */
export interface RecordSource {
  /** In order; null after the shard's end, and when closed. @throws StreamFailure of the kind "gone" where the stream itself is */
  next(): Promise<Delivery | null>;
  close(): void;
}
