import { failureOf, type KinesisStream } from "@freshet/kinesis-consumer";
import { asStorageFailure } from "./failure.js";
import type { KnownShards, ShardOfStream } from "./knownShards.js";

/** A reshard by others shows after this at the latest. */
const FRESH_MS = 1_000;

/** The stream's shards; asked for again when they may have changed. While Kinesis does not answer, as they were last. */
export interface ShardList {
  current(): Promise<readonly ShardOfStream[]>;
  refresh(): Promise<readonly ShardOfStream[]>;
}

export const createShardList = (stream: KinesisStream, known: KnownShards, now: () => number): ShardList => {
  let listing: { readonly atMs: number; readonly shards: Promise<readonly ShardOfStream[]> } | null = null;
  let last: readonly ShardOfStream[] | null = null;
  const list = async (atMs: number): Promise<readonly ShardOfStream[]> => {
    try {
      last = await known.merge(await stream.listShards(null, new AbortController().signal), atMs);
      return last;
    } catch (error) {
      listing = null;
      const failure = failureOf("listing the shards", error);
      if (failure !== error) throw error;
      if (last && (failure.kind === "unavailable" || failure.kind === "throttled")) return last;
      throw asStorageFailure(failure);
    }
  };
  const refresh = (): Promise<readonly ShardOfStream[]> => {
    const atMs = now();
    const shards = list(atMs);
    listing = { atMs, shards };
    return shards;
  };
  return {
    refresh,
    current: () => (listing && now() - listing.atMs < FRESH_MS ? listing.shards : refresh()),
  };
};
