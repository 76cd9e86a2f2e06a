import type { EpochMs, ShardId } from "../brand.js";
import type { Missing, Status } from "./answer.js";
import type { Chain } from "./chain.js";
import type { GenerationManifest } from "./generation.js";
import type { SegmentRecord, Tip } from "./segmentRecord.js";

/** What is to be read: every shard that could hold something after the cut. */
export interface Reach {
  /** Chains to use: of shards whose parents have all been read through `ended`. */
  readonly chains: readonly Chain[];
  readonly missing: readonly Missing[];
  /** Start of the least cut tick over all shards that go on, exclusive; null while any has no cut. */
  readonly batchThroughMs: EpochMs | null;
}

export interface ReachInput {
  readonly roster: readonly ShardId[];
  readonly parentsOf: (shard: ShardId) => readonly ShardId[];
  readonly manifest: GenerationManifest | null;
  readonly segmentMs: number;
  readonly tips: ReadonlyMap<ShardId, Tip>;
  readonly chainOf: (shard: ShardId) => Chain;
  readonly nowMs: EpochMs;
  readonly staleAfterMs: number;
}

const isoOrNull = (ms: number | undefined): string | null =>
  ms === undefined ? null : new Date(ms).toISOString();

const writtenOff = (manifest: GenerationManifest | null, record: SegmentRecord): boolean =>
  manifest?.writeOffs.some(
    ({ shard, firstSequence, lastSequence }) =>
      shard === record.shard && firstSequence <= record.lastSequence && record.lastSequence <= lastSequence,
  ) ?? false;

/**
 * Gaps of the log that no operator has written off, and what follows any gap after the cut: copies of what lies in the gap
 * cannot be known there.
 */
const gapsOf = ({ shard, links, lastSequence }: Chain, manifest: GenerationManifest | null): Missing[] =>
  links.flatMap((link): Missing[] => {
    if (link.kind !== "segment" || !link.record.gap) return [];
    const { after, until } = link.record.gap;
    const missing: Missing[] = [];
    if (!writtenOff(manifest, link.record)) missing.push({ kind: "gap", shard, after, until });
    if (until !== null && lastSequence !== null && lastSequence >= until) {
      missing.push({ kind: "unaudited", shard, detail: `the dedupe horizon from ${until} on, after a gap` });
    }
    return missing;
  });

/** Walks the roster and every child that a record or the manifest names; says what is missing, by name. */
export const reach = (input: ReachInput): Reach => {
  const { manifest } = input;
  const endedInCut = new Map(Object.entries(manifest?.ended ?? {}));
  const chains = new Map<ShardId, Chain>();
  const ended = new Set<ShardId>();
  const todo: ShardId[] = [
    ...input.roster,
    ...Object.keys(manifest?.cut ?? {}),
    ...[...endedInCut.values()].flat(),
  ] as ShardId[];
  for (let shard = todo.pop(); shard !== undefined; shard = todo.pop()) {
    if (chains.has(shard) || ended.has(shard)) continue;
    const children = endedInCut.get(shard);
    if (children) {
      ended.add(shard);
      todo.push(...(children as ShardId[]));
      continue;
    }
    const chain = input.chainOf(shard);
    chains.set(shard, chain);
    todo.push(...(chain.children ?? []));
  }
  const readToEnd = (shard: ShardId): boolean => ended.has(shard) || chains.get(shard)?.children != null;

  const missing: Missing[] = (manifest?.writeOffs ?? []).map((loss) => ({ kind: "written_off", ...loss }));
  const usable: Chain[] = [];
  let leastTick: number | null = Number.POSITIVE_INFINITY;
  for (const [shard, chain] of [...chains].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const parentMissing = input.parentsOf(shard).find((parent) => !readToEnd(parent));
    if (parentMissing === undefined) usable.push(chain);
    else if (chain.links.length > 0) {
      missing.push({
        kind: "shard",
        shard,
        detail: `its parent ${parentMissing} has not been read to its end`,
      });
    }
    missing.push(...gapsOf(chain, manifest));
    if (chain.hole) missing.push({ kind: "segments", shard, after: chain.lastSequence, detail: chain.hole });
    const tip = input.tips.get(shard);
    if (chain.children === null && (!tip || input.nowMs - tip.atMs > input.staleAfterMs)) {
      missing.push({ kind: "stale_tip", shard, lastSeen: isoOrNull(tip?.atMs) });
    }
    const cut = manifest?.cut[shard];
    leastTick = cut && leastTick !== null ? Math.min(leastTick, cut.tick) : null;
  }
  const batchThroughMs =
    leastTick === null || leastTick === Number.POSITIVE_INFINITY
      ? null
      : ((leastTick * input.segmentMs) as EpochMs);
  return { chains: usable, missing, batchThroughMs };
};

/** A stale tip leaves settled ranges alone, a written-off loss all of them; anything else that is missing does not. */
export const statusOf = (range: {
  readonly toExclusiveMs: EpochMs;
  /** An increment after the cut touches the range. */
  readonly touched: boolean;
  readonly batchThroughMs: EpochMs | null;
  readonly missing: readonly Missing[];
}): Status => {
  const settled =
    range.batchThroughMs !== null && range.batchThroughMs >= range.toExclusiveMs && !range.touched;
  const blocks = ({ kind }: Missing): boolean => kind !== "written_off" && !(settled && kind === "stale_tip");
  if (range.missing.some(blocks)) return "partial";
  return settled ? "settled" : "live";
};
