import type { ListedShard } from "../plan/newLeases.js";
import type { KinesisStream } from "../stream/stream.js";

/** After so many answers running from which a shard's end is not clear, the list of shards decides. */
export const UNCLEAR_MAX = 4;

type End = { readonly children: readonly ListedShard[] };

/**
 * What the list of shards says of one that gives no more: ended with these children; ended with none that the list knows, where it has left
 * the log; null where it stands and is open. @throws StreamFailure of the kind "gone" where the whole stream is.
 */
export const findEnd = async (
  stream: KinesisStream,
  shard: string,
  signal: AbortSignal,
): Promise<End | null> => {
  const listed = await stream.listShards(null, signal);
  const standing = listed.find(({ id }) => id === shard);
  if (standing && !standing.closed) return null;
  return { children: listed.filter(({ parents }) => parents.includes(shard)) };
};
