import type { Position } from "../lease/position.js";
import type { ConsumedRecord } from "./record.js";

export interface Batch {
  /** In the shard's order; may be empty: then the batch says how things stand. */
  readonly records: readonly ConsumedRecord[];
  /** What to accept when all of the batch is done; null where that says nothing new. */
  readonly through: Position | null;
  /** How far the batch's end lies behind the newest record of the shard: the stream's lag, not the handler's. 0 at its end. */
  readonly behindMs: number;
  /** `elapsedMs` when the batch was given out. */
  readonly givenMs: number;
}

/** Why there are no more batches. */
export type SessionEnd =
  /** Everything of the shard has been given out. */
  | "ended"
  /** Another worker has asked for the shard. */
  | "asked"
  | "stopping"
  /** The lease is gone: what is not accepted will be given to somebody else, or has been. */
  | "lost";

/** One shard, while this worker has it. The handler pulls: nothing is given that was not asked for. */
export interface ShardSession {
  readonly shard: string;
  /** Aborted when the lease is lost: nothing that is done after it counts. */
  readonly lost: AbortSignal;
  /** Null when there are no more: then finish what is in hand, accept it, and return. */
  next(): Promise<Batch | null>;
  /** After `next` has given null. */
  readonly end: SessionEnd | null;
  /** Everything through `position` is done with, for good. Stored with the next renewal of the lease. */
  accept(position: Position): void;
  /** Stores what is accepted. False when the lease is lost. @throws what DynamoDB throws: then it may be tried again */
  flush(): Promise<boolean>;
  [Symbol.asyncIterator](): AsyncIterator<Batch>;
}

/**
 * What an application does with a shard: pulls batches until there are no more. Returning after the end of the shard means that
 * all of it is done with. When it throws, it is called again, from what it had accepted on: nothing is passed over.
 */
export type ProcessShard = (session: ShardSession) => Promise<void>;
