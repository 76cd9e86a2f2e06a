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
  /** Not in the log. */
  | { readonly kind: "throttled"; readonly retryAfterMs: number };
