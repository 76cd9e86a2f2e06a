import type { Scale } from "./scale.js";

/** Of a shard and second, for all its producers: docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html. */
const SHARD_RECORDS = 1_000;
const SHARD_BYTES = 1_000_000;
/** Keys do not spread evenly, and a shard that is full throttles its producers. */
const SHARD_USE = 0.7;

/** Shards that carry a scale, by its records or by its bytes, whichever asks for more. */
export const shardsFor = ({ eventsPerSecond, bytesPerEvent, eventsPerRecord = 1 }: Scale): number => {
  const ofRecords = eventsPerSecond / eventsPerRecord / SHARD_RECORDS;
  const ofBytes = (eventsPerSecond * bytesPerEvent) / SHARD_BYTES;
  return Math.max(1, Math.ceil(Math.max(ofRecords, ofBytes) / SHARD_USE));
};

const QUOTA = 1_000;
const LARGE_QUOTA = 20_000;
const LARGE_REGIONS: ReadonlySet<string> = new Set(["us-east-1", "us-west-2", "eu-west-1"]);

/** Shards that an account may have in a region before it asks for more, at the least: the same page of AWS, November 2026. */
export const shardQuota = (region: string): number => (LARGE_REGIONS.has(region) ? LARGE_QUOTA : QUOTA);
