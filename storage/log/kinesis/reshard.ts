import {
  DescribeStreamSummaryCommand,
  type KinesisClient,
  MergeShardsCommand,
  SplitShardCommand,
} from "@aws-sdk/client-kinesis";
import type { ShardId } from "@freshet/model";
import { setTimeout as sleep } from "node:timers/promises";
import { attemptAws } from "../../aws/awsError.js";
import { StorageError } from "../../errors.js";
import type { Shard, ShardAdmin } from "../port.js";

const ACTIVE_WITHIN_MS = 300_000;
const LOOK_AFTER_MS = 50;
const LOOK_AFTER_MS_MAX = 2_000;

export interface ReshardOptions {
  readonly client: KinesisClient;
  readonly stream: string;
  /** As the stream lists them now. */
  readonly shards: () => Promise<readonly Shard[]>;
}

const openShard = (shards: readonly Shard[], id: ShardId): Shard => {
  const shard = shards.find((one) => one.id === id);
  if (!shard)
    throw new StorageError("missing", `there is no shard ${id} in this log; it has ${shards.length}`);
  if (shard.closed) throw new StorageError("mismatch", `shard ${id} is closed: split or merge its children`);
  return shard;
};

const untilActive = async ({ client, stream }: ReshardOptions): Promise<void> => {
  let afterMs = LOOK_AFTER_MS;
  for (let waitedMs = 0; waitedMs < ACTIVE_WITHIN_MS; waitedMs += afterMs) {
    const { StreamDescriptionSummary } = await client.send(
      new DescribeStreamSummaryCommand({ StreamName: stream }),
    );
    if (StreamDescriptionSummary?.StreamStatus === "ACTIVE") return;
    await sleep(afterMs);
    afterMs = Math.min(LOOK_AFTER_MS_MAX, afterMs * 2);
  }
  throw new StorageError(
    "unavailable",
    `the stream ${stream} was not ACTIVE within ${ACTIVE_WITHIN_MS / 1000} s`,
  );
};

/** Split and merge of a provisioned stream. Retention trims it, nobody else: `trim` deletes nothing. */
export const createReshard = (options: ReshardOptions): ShardAdmin => {
  const { client, stream, shards } = options;
  const reshard = async (
    what: string,
    parents: readonly ShardId[],
    ask: () => Promise<unknown>,
  ): Promise<readonly ShardId[]> => {
    await attemptAws(`${what} of the stream ${stream}`, async () => {
      await ask();
      await untilActive(options);
    });
    const children = (await shards()).filter((shard) =>
      parents.every((parent) => shard.parents.includes(parent)),
    );
    return children.sort((a, b) => (a.hashRange.first < b.hashRange.first ? -1 : 1)).map(({ id }) => id);
  };
  return {
    async split(shard, newStartingHashKey) {
      const { hashRange } = openShard(await shards(), shard);
      if (newStartingHashKey <= hashRange.first || newStartingHashKey > hashRange.last)
        throw new StorageError(
          "invalid",
          `shard ${shard} cannot be split at ${newStartingHashKey}: the key must lie above ${hashRange.first} and up to ${hashRange.last}`,
        );
      const command = new SplitShardCommand({
        StreamName: stream,
        ShardToSplit: shard,
        NewStartingHashKey: String(newStartingHashKey),
      });
      const [low, high] = await reshard(`splitting ${shard}`, [shard], () => client.send(command));
      if (!low || !high)
        throw new StorageError("unavailable", `${shard} was split; its children are not listed yet`);
      return [low, high];
    },
    async merge(shard, adjacent) {
      const standing = await shards();
      const [low, high] = [openShard(standing, shard), openShard(standing, adjacent)].sort((a, b) =>
        a.hashRange.first < b.hashRange.first ? -1 : 1,
      ) as [Shard, Shard];
      if (shard === adjacent || low.hashRange.last + 1n !== high.hashRange.first)
        throw new StorageError(
          "invalid",
          `shards ${shard} and ${adjacent} are not adjacent: only neighbours can be merged`,
        );
      const command = new MergeShardsCommand({
        StreamName: stream,
        ShardToMerge: shard,
        AdjacentShardToMerge: adjacent,
      });
      const [child] = await reshard(`merging ${shard}`, [shard, adjacent], () => client.send(command));
      if (!child) throw new StorageError("unavailable", `${shard} was merged; its child is not listed yet`);
      return child;
    },
    trim: async () => ({ deleted: 0 }),
  };
};
