import type { GenerationManifest, ShardId, Tip } from "@freshet/model";
import type { DataStore } from "@freshet/storage";
import { readStanding } from "../generation/standing.js";
import { leastCutTick } from "../run/count.js";

/** Of the metrics that it is told by; their names are its members', capitalised. */
export const HEALTH_NAMESPACE = "Freshet";

/** What an operator is woken for, read from what is stored, so that it is told also when all processes are gone. */
export interface LineHealth {
  /** Now minus the oldest tip of the shards that go on; null: no shard has one. */
  readonly freshnessMs: number | null;
  /** Now minus what batch has settled; null: nothing yet. */
  readonly settledAgeMs: number | null;
  /** Segments that speed and batch count differently, as the standing generation names them. */
  readonly disagreements: number;
  /** Events of the standing generation that could not be counted. */
  readonly rejected: number;
}

export interface HealthInput {
  readonly nowMs: number;
  readonly segmentMs: number;
  readonly open: readonly ShardId[];
  readonly tips: ReadonlyMap<ShardId, Tip>;
  readonly manifest: GenerationManifest | null;
}

export const lineHealth = ({ nowMs, segmentMs, open, tips, manifest }: HealthInput): LineHealth => {
  const known = open.flatMap((shard) => tips.get(shard)?.atMs ?? []);
  const tick = manifest && leastCutTick(manifest.cut, manifest.ended);
  return {
    freshnessMs: known.length > 0 ? nowMs - Math.min(...known) : null,
    settledAgeMs: tick === null ? null : nowMs - tick * segmentMs,
    disagreements: manifest?.disagreements.length ?? 0,
    rejected: Object.values(manifest?.ledger.rejected ?? {}).reduce((sum, count) => sum + count, 0),
  };
};

export const readLineHealth = async (
  data: Pick<DataStore, "records" | "lake" | "log" | "increments">,
  nowMs: number,
): Promise<LineHealth> =>
  lineHealth({
    nowMs,
    segmentMs: data.log.identity.segmentMs,
    open: (await data.log.shards()).filter(({ closed }) => !closed).map(({ id }) => id),
    tips: await data.increments.tips(),
    manifest: (await readStanding(data)).manifest,
  });
