import {
  compareSegmentKeys,
  GENERATION_POINTER,
  type GenerationManifest,
  generationPath,
  type GenerationPointer,
  type SegmentKey,
  type ShardId,
} from "@freshet/model";
import { type DataStore, greatestTickOf } from "@freshet/storage";
import { retireStanding } from "../catalogue/writeStanding.js";
import { readManifest } from "./standing.js";

const BODIES = "bodies/";
const GENERATIONS = "generations/";

/** For each shard, the last segment that every kept generation covers. */
export const coveredByAll = (manifests: readonly GenerationManifest[]): ReadonlyMap<ShardId, SegmentKey> => {
  const covered = new Map<ShardId, SegmentKey>();
  for (const shard of Object.keys(manifests[0]?.cut ?? {})) {
    const cuts = manifests.flatMap(({ cut }) => cut[shard] ?? []);
    if (cuts.length < manifests.length) continue;
    covered.set(
      shard as ShardId,
      cuts.reduce((a, b) => (compareSegmentKeys(a, b) <= 0 ? a : b)),
    );
  }
  return covered;
};

/**
 * Bodies whose greatest tick lies before this are needed by no record: every kept generation covers it in every shard
 * that goes on. Null: some shard is not in some cut yet.
 */
export const bodiesNeededFrom = (
  manifests: readonly GenerationManifest[],
  shards: readonly ShardId[],
): number | null => {
  let least = Number.POSITIVE_INFINITY;
  for (const { cut, ended } of manifests) {
    const known = new Set<string>([...shards, ...Object.keys(cut), ...Object.values(ended).flat()]);
    for (const shard of known) {
      if (Object.hasOwn(ended, shard)) continue;
      const at = cut[shard];
      if (!at) return null;
      least = Math.min(least, at.tick);
    }
  }
  return least;
};

/** Every file that a generation names, and its manifest. */
export const filesOf = (manifest: GenerationManifest): readonly string[] => [
  generationPath(manifest.generation),
  ...manifest.segments,
  ...manifest.identities,
  ...manifest.positions,
  ...(manifest.reconciliation?.drift ?? []),
  ...(manifest.reconciliation?.hours ?? []),
  ...Object.values(manifest.metrics).flatMap(({ files, trend }) => [
    ...files.map(({ path }) => path),
    ...(trend
      ? [trend.baseline, ...trend.windows.map(({ path }) => path), ...trend.members.map(({ path }) => path)]
      : []),
  ]),
];

/** The generation that wrote a file below `generations/`; null for a path that is none of ours. */
export const writerOf = (path: string): number | null => {
  const match =
    /^generations\/(?:spark\/(\d+)\/.*|data\/[^/]+\/spark-(\d+)-\d+\/.*|(\d+)\/manifest\.json|.*\/(\d+)\.parquet)$/.exec(
      path,
    );
  const writer = match?.slice(1).find((one) => one !== undefined);
  return writer === undefined ? null : Number(writer);
};

export interface Retired {
  readonly records: number;
  readonly bodies: number;
  readonly files: number;
}

/**
 * Removes what no kept generation needs: segment records and bodies that all of them cover, and files that none of them
 * names. Until `keep` generations have stood, whoever began without one may still read every record.
 */
export const retire = async (data: DataStore, keep: number): Promise<Retired> => {
  const { records, increments, lake, log } = data;
  const stored = await records.get<GenerationPointer>(GENERATION_POINTER);
  if (!stored) return { records: 0, bodies: 0, files: 0 };
  const pointer = stored.value;
  const manifests = await Promise.all(pointer.kept.map((generation) => readManifest(data, generation)));
  const retired = { records: 0, bodies: 0, files: 0 };
  if (manifests.length >= keep) {
    for (const [shard, through] of coveredByAll(manifests))
      retired.records += await increments.expire(shard, through);
    const shards = (await log.shards()).map(({ id }) => id);
    const from = bodiesNeededFrom(manifests, [...log.identity.roster, ...shards]);
    for (const path of await lake.list(BODIES)) {
      const tick = greatestTickOf(path);
      if (from === null || tick === null || tick >= from) continue;
      await lake.remove(path);
      retired.bodies += 1;
    }
  }
  await retireStanding(data, stored.revision, keep);
  const named = new Set(manifests.flatMap(filesOf));
  const newest = Math.max(...pointer.kept);
  for (const path of await lake.list(GENERATIONS)) {
    const writer = writerOf(path);
    // a later number belongs to a run that has not published yet
    if (named.has(path) || writer === null || writer > newest) continue;
    await lake.remove(path);
    retired.files += 1;
  }
  return retired;
};
