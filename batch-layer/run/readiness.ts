import type { EpochMs, ShardId, Tip } from "@freshet/model";
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
  /** Before which arrival all of a shard has landed; a shard that is not there has landed nothing. */
  readonly landedThroughMs: ReadonlyMap<ShardId, number>;
  /** The standing generation's, exclusive; null: none. */
  readonly batchThroughMs: number | null;
}

/**
 * Before which arrival a shard has landed: its clock then, or, where landing has read all that a worker vouches for, when that worker
 * stood at the shard's end.
 */
export const landedThrough = (
  place: Pick<LandingPlace, "clockMs" | "ended" | "lastSequence"> | null,
  tip: Pick<Tip, "atMs" | "lastSequence"> | null,
): number => {
  if (place?.ended) return Number.POSITIVE_INFINITY;
  const clockMs = place?.clockMs ?? Number.NEGATIVE_INFINITY;
  const atEnd = tip !== null && (place?.lastSequence ?? "") >= (tip.lastSequence ?? "");
  return atEnd ? Math.max(clockMs, tip.atMs) : clockMs;
};

/** Whether the last whole hour has landed. */
export const batchReadiness = ({
  nowMs,
  shards,
  landedThroughMs,
  batchThroughMs,
}: ReadinessInput): BatchReadiness => {
  const throughMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  if (batchThroughMs !== null && batchThroughMs >= throughMs) return { kind: "settled", throughMs };
  const late = shards.filter((shard) => (landedThroughMs.get(shard) ?? Number.NEGATIVE_INFINITY) < throughMs);
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

export const readReadinessInput = async (
  data: Pick<DataStore, "records" | "lake" | "log" | "increments">,
  nowMs: number,
): Promise<ReadinessInput> => {
  // a tip that is read first vouches for no more than what landing is asked about afterwards
  const tips = await data.increments.tips();
  const places = await loadPlaces(data.records, data.log);
  const shards = (await data.log.shards()).map(({ id }) => id);
  return {
    nowMs,
    shards,
    landedThroughMs: new Map(
      shards.map((shard) => [
        shard,
        landedThrough(places.get(shard)?.place ?? null, tips.get(shard) ?? null),
      ]),
    ),
    batchThroughMs: await batchThroughOf(data),
  };
};

export const readBatchReadiness = async (
  data: Pick<DataStore, "records" | "lake" | "log" | "increments">,
  nowMs: number,
): Promise<BatchReadiness> => batchReadiness(await readReadinessInput(data, nowMs));
