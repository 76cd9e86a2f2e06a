import type { ListedShard } from "../plan/newLeases.js";
import type { ChildShard } from "../plan/shardEnd.js";

/** A record as Kinesis stores it: what one user put, or a KPL aggregate of many. */
export interface StreamRecord {
  readonly sequence: string;
  /** Milliseconds since 1970, by the service's clock; neither exact nor always rising. */
  readonly arrivalMs: number;
  /** Absent from streams that distribute records themselves. */
  readonly partitionKey: string | null;
  readonly data: Uint8Array;
}

export type StartingPoint =
  | { readonly kind: "trimHorizon" }
  | { readonly kind: "latest" }
  | { readonly kind: "timestamp"; readonly timeMs: number }
  | { readonly kind: "atSequence"; readonly sequence: string }
  | { readonly kind: "afterSequence"; readonly sequence: string };

export interface Reply {
  readonly records: readonly StreamRecord[];
  /** Null at the shard's end. */
  readonly nextIterator: string | null;
  /** What the shard became; null but at its end. */
  readonly children: readonly ChildShard[] | null;
  /** How far the reply's end lies behind the shard's newest record. */
  readonly behindMs: number;
}

/** One stream, as far as polling needs it. */
export interface KinesisStream {
  /** All shards that the stream still has, or those that cover it at a point. @throws StreamFailure, also of the others */
  listShards(covering: StartingPoint | null, signal: AbortSignal): Promise<readonly ListedShard[]>;
  iterator(shard: string, from: StartingPoint, signal: AbortSignal): Promise<string>;
  read(iterator: string, limit: number, signal: AbortSignal): Promise<Reply>;
}

export interface FanOutEvent {
  readonly records: readonly StreamRecord[];
  /** Null at the shard's end. */
  readonly continueAfter: string | null;
  readonly children: readonly ChildShard[] | null;
  readonly behindMs: number;
}

/** One stream, as far as one consumer with enhanced fan-out needs it. */
export interface FanOutStream {
  /** Resolves when Kinesis has accepted it. Its events end after some minutes. @throws StreamFailure, there and here */
  subscribe(shard: string, from: StartingPoint, signal: AbortSignal): Promise<AsyncIterable<FanOutEvent>>;
}

export type FailureKind =
  /** Too much was asked of the shard or the stream. */
  | "throttled"
  | "expiredIterator"
  /** The stream or the shard is not there (any more). */
  | "gone"
  /** Another subscription of the same consumer stands. */
  | "inUse"
  /** Kinesis does not understand, or does not allow it: asking again will not help. */
  | "refused"
  /** No answer, or one that says that Kinesis has a trouble of its own. */
  | "unavailable";

/** What Kinesis answered instead of what was asked; `cause` is the SDK's error. */
export class StreamFailure extends Error {
  override readonly name = "StreamFailure";
  constructor(
    readonly kind: FailureKind,
    what: string,
    override readonly cause: unknown,
  ) {
    super(`${what}: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`, {
      cause,
    });
  }
}
