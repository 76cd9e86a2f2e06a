import {
  type EpochMs,
  GENERATION_POINTER,
  type GenerationManifest,
  type GenerationPointer,
  type ShardId,
} from "@freshet/model";
import type { DataStore, LogIdentity, ShardAdmin, ShardLog } from "@freshet/storage";
import { bodiesNeededFrom } from "./retire.js";
import { readManifest } from "./standing.js";

/**
 * The arrival before which no record of the log is needed any more: every kept generation contains it, no restart looks
 * back to it for copies, and it is older than `retainMs`. Null: nothing may go yet.
 */
export const trimBefore = (
  manifests: readonly GenerationManifest[],
  shards: readonly ShardId[],
  { segmentMs, dedupeHorizonMs }: Pick<LogIdentity, "segmentMs" | "dedupeHorizonMs">,
  nowMs: number,
  retainMs: number,
): EpochMs | null => {
  const tick = bodiesNeededFrom(manifests, shards);
  if (manifests.length === 0 || tick === null || !Number.isFinite(tick)) return null;
  return Math.min(nowMs - retainMs, tick * segmentMs - dedupeHorizonMs) as EpochMs;
};

/** Deletes what the log need not keep, so that its size is bounded by its rate. */
export const trimLog = async (options: {
  readonly data: Pick<DataStore, "records" | "lake"> & { readonly log: ShardLog & ShardAdmin };
  readonly nowMs: number;
  readonly retainMs: number;
}): Promise<{ readonly deleted: number }> => {
  const { data, nowMs, retainMs } = options;
  const kept = (await data.records.get<GenerationPointer>(GENERATION_POINTER))?.value.kept ?? [];
  const manifests = await Promise.all(kept.map((generation) => readManifest(data, generation)));
  const shards = (await data.log.shards()).map(({ id }) => id);
  const beforeMs = trimBefore(manifests, shards, data.log.identity, nowMs, retainMs);
  return beforeMs === null ? { deleted: 0 } : data.log.trim(beforeMs);
};
