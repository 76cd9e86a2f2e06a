import type { Reason, SequenceNumber, ShardId } from "@freshet/model";

/** What the log made of one event. `stored` and `rejected` are durable, with their position. */
export type IntakeOutcome =
  | { readonly kind: "stored"; readonly shard: ShardId; readonly sequence: SequenceNumber }
  /** In the log, where it will be a dead letter. */
  | {
      readonly kind: "rejected";
      readonly reason: Reason;
      readonly detail: string;
      readonly shard: ShardId;
      readonly sequence: SequenceNumber;
    }
  /** Durable on the collector's disk, and will be in the log when that takes it; judged only then. */
  | { readonly kind: "spooled" }
  /** Not in the log. */
  | { readonly kind: "throttled"; readonly retryAfterMs: number };
