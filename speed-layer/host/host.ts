import type { ShardId } from "@freshet/model";
import type { Shard } from "@freshet/storage";

/** Where a crew runs: in this thread or in one of its own. */
export interface CrewHost {
  readonly shards: ReadonlySet<ShardId>;
  assign(shard: Shard): void;
  release(shard: ShardId): void;
  /** Flushes, saves checkpoints and stops. */
  stop(): Promise<void>;
}
