import type { TakeReason } from "../plan/ownership.js";
import type { SessionEnd } from "../session/shardSession.js";
import type { StreamFailure } from "../stream/stream.js";

/** What a worker tells of itself: to be counted, logged, alarmed on. */
export type Report =
  | { readonly kind: "leaseTaken"; readonly shard: string; readonly reason: TakeReason }
  | { readonly kind: "leaseAsked"; readonly shard: string; readonly of: string }
  | { readonly kind: "sessionEnded"; readonly shard: string; readonly end: SessionEnd }
  | { readonly kind: "leasesMade"; readonly shards: readonly string[]; readonly why: SyncReason }
  | { readonly kind: "leasesRemoved"; readonly shards: readonly string[] }
  /** The shard left the log before all of it was read: what was not read is lost. */
  | { readonly kind: "shardTrimmed"; readonly shard: string }
  /** Members of aggregates that belong to another shard; told only where `misrouted` has keys looked at. */
  | {
      readonly kind: "misrouted";
      readonly shard: string;
      readonly count: number;
      readonly isDropped: boolean;
    }
  /** The handler threw; it is called again after a pause, from what is accepted on. */
  | {
      readonly kind: "processFailed";
      readonly shard: string;
      readonly attempt: number;
      readonly error: unknown;
    }
  | { readonly kind: "readFailed"; readonly shard: string; readonly failure: StreamFailure }
  /** The lease table, or the list of shards, could not be used; it is tried again. */
  | { readonly kind: "leaseWorkFailed"; readonly what: string; readonly error: unknown }
  /** This worker has all that `leasesMax` allows, and leases lie free. */
  | { readonly kind: "leasesCapped"; readonly free: number };

export type SyncReason = "start" | "hole" | "unknownParents" | "shardEnd";
