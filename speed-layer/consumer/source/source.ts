import type { ChildShard } from "../plan/shardEnd.js";
import type { StreamRecord } from "../stream/stream.js";

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

/** Reads one shard ahead of whoever takes, as far as there is room. */
export interface RecordSource {
  /** In order; null after the shard's end, and when closed. @throws StreamFailure of the kind "gone" where the stream itself is */
  next(): Promise<Delivery | null>;
  close(): void;
}
