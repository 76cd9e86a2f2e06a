import type { EpochMs, ShardId } from "@freshet/model";
import type { DataStore } from "@freshet/storage";
import { readStanding } from "../generation/standing.js";
import { type LandingPlace, loadPlaces } from "../landing/place.js";
import { leastCutTick } from "./count.js";

const HOUR_MS = 3_600_000;

/** Whether a batch run has what it needs, and anything to do. */
export type BatchReadiness =
  /** All that arrived before `throughMs` has landed. */
  | { readonly kind: "ready"; readonly throughMs: number }
  | { readonly kind: "waiting"; readonly throughMs: number; readonly shards: readonly ShardId[] }
  /** What arrived before `throughMs` is settled already. */
  | { readonly kind: "settled"; readonly throughMs: number };

export interface ReadinessInput {
  readonly nowMs: number;
  readonly shards: readonly ShardId[];
  readonly places: ReadonlyMap<ShardId, Pick<LandingPlace, "clockMs" | "ended">>;
  /** The standing generation's, exclusive; null: none. */
  readonly batchThroughMs: number | null;
}

/** The last whole hour: of a shard that goes on it has landed when its clock has passed it, as heartbeats let an idle one's. */
export const batchReadiness = ({ nowMs, shards, places, batchThroughMs }: ReadinessInput): BatchReadiness => {
  const throughMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  if (batchThroughMs !== null && batchThroughMs >= throughMs) return { kind: "settled", throughMs };
  const late = shards.filter((shard) => {
    const place = places.get(shard);
    return !place?.ended && (place?.clockMs ?? Number.NEGATIVE_INFINITY) < throughMs;
  });
  return late.length > 0 ? { kind: "waiting", throughMs, shards: late } : { kind: "ready", throughMs };
};

/** Start of the least cut tick: what arrived before it is settled. */
export const batchThroughOf = async (
  data: Pick<DataStore, "records" | "lake" | "log">,
): Promise<EpochMs | null> => {
  const { manifest } = await readStanding(data);
  const tick = manifest && leastCutTick(manifest.cut, manifest.ended);
  return tick === null ? null : ((tick * data.log.identity.segmentMs) as EpochMs);
};

export const readBatchReadiness = async (
  data: Pick<DataStore, "records" | "lake" | "log">,
  nowMs: number,
): Promise<BatchReadiness> => {
  const stored = await loadPlaces(data.records, data.log);
  return batchReadiness({
    nowMs,
    shards: (await data.log.shards()).map(({ id }) => id),
    places: new Map([...stored].map(([shard, { place }]) => [shard, place])),
    batchThroughMs: await batchThroughOf(data),
  });
};
