import type { EpochMs, SequenceNumber, ShardId } from "@freshet/model";
import type { DataStore } from "@freshet/storage";
import { loadCheckpoints } from "./shard/checkpoint.js";

/**
 * True when all that the log holds is folded and written; then every open shard's tip says so as of now. It reads one
 * record a shard, where starting the layer would fill its memory of identities first. The caller must keep others from
 * folding meanwhile.
 */
export const vouchForEnd = async (
  data: Pick<DataStore, "log" | "records" | "increments">,
  nowMs: EpochMs,
): Promise<boolean> => {
  const { log, records, increments } = data;
  const [shards, tips, checkpoints] = await Promise.all([
    log.shards(),
    increments.tips(),
    loadCheckpoints(records, log.identity.id),
  ]);
  const atEnd: {
    readonly shard: ShardId;
    readonly lastSequence: SequenceNumber | null;
    readonly atMs: EpochMs;
  }[] = [];
  for (const { id, closed } of shards) {
    if (closed) {
      if (!checkpoints.get(id)?.ended) return false;
      continue;
    }
    const tip = tips.get(id);
    if (!tip) return false;
    const next = await log.read(id, tip.lastSequence, 1);
    if (!next.atEnd || next.records.length > 0 || next.trimmed !== null) return false;
    atEnd.push({ shard: id, lastSequence: tip.lastSequence, atMs: next.readAtMs ?? nowMs });
  }
  for (const tip of atEnd) await increments.writeTip(tip);
  return true;
};
