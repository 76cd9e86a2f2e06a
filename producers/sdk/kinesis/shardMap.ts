import type { HashKey } from "@freshet/kpl";

/** Both ends inclusive. */
export interface OpenShard {
  readonly id: string;
  readonly first: HashKey;
  readonly last: HashKey;
}

/** Which shard a hash falls into. */
export interface ShardMap {
  /** Null where no shard is known to hold it. */
  shardOf(hash: HashKey): OpenShard | null;
  shard(id: string): OpenShard | null;
}

export const holds = (shard: OpenShard, hash: HashKey): boolean => shard.first <= hash && hash <= shard.last;

export const createShardMap = (shards: readonly OpenShard[]): ShardMap => {
  const sorted = [...shards].sort((a, b) => (a.first < b.first ? -1 : 1));
  const byId = new Map(sorted.map((shard) => [shard.id, shard]));
  return {
    shardOf(hash) {
      let low = 0;
      let high = sorted.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((sorted[middle] as OpenShard).first <= hash) low = middle;
        else high = middle - 1;
      }
      const shard = sorted[low];
      return shard && holds(shard, hash) ? shard : null;
    },
    shard: (id) => byId.get(id) ?? null,
  };
};
