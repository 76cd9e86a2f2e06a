import { createShardRate, SHARD_QUOTA, type ShardRate } from "./shardRate.js";

/** A budget for each shard that is met. */
export interface ShardRates {
  of(shard: string): ShardRate;
}

/** `share` of a shard's quota. @throws RangeError where it is not above 0 */
export const createShardRates = (share: number): ShardRates => {
  if (!(share > 0)) throw new RangeError(`shardShare: expected a number above 0, got ${share}`);
  const limits = { records: SHARD_QUOTA.records * share, bytes: SHARD_QUOTA.bytes * share };
  const rates = new Map<string, ShardRate>();
  return {
    of(shard) {
      let rate = rates.get(shard);
      if (!rate) rates.set(shard, (rate = createShardRate(limits)));
      return rate;
    },
  };
};
