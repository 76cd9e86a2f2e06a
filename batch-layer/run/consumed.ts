import type { Cut, GenerationManifest } from "@freshet/model";
import { type FileTarget, localFiles } from "../generation/files.js";
import { reachSql } from "../sql/rows.js";

export interface ConsumedRun {
  readonly parent: GenerationManifest | null;
  readonly cut: Cut;
  /** The raw files that were read. */
  readonly files: readonly string[];
  readonly existing: readonly string[];
}

/** Through which sequence a raw file reaches in a shard. */
export interface Reach {
  /** In the lake. */
  readonly path: string;
  readonly shard: string;
  readonly last: string;
}

/** The raw files of which every row lies at or before the cut, that still exist. */
export const consumedOf = (
  { parent, cut, files, existing }: ConsumedRun,
  reach: readonly Reach[],
): readonly string[] => {
  const open = new Set(
    reach.filter(({ shard, last }) => last > (cut[shard]?.lastSequence ?? "")).map(({ path }) => path),
  );
  const consumed = new Set([...(parent?.consumed ?? []), ...files.filter((path) => !open.has(path))]);
  return existing.filter((path) => consumed.has(path));
};

export const newlyConsumed = async (
  { db, lake }: FileTarget,
  run: ConsumedRun,
): Promise<readonly string[]> => {
  const before = new Set(run.parent?.consumed ?? []);
  const files = run.files.filter((path) => !before.has(path));
  const local = await localFiles(lake, files);
  const pathOf = new Map(local.map((file, index) => [file, files[index] as string]));
  const reach =
    local.length > 0
      ? await db.rows<Omit<Reach, "path"> & { readonly filename: string }>(reachSql(local))
      : [];
  return consumedOf(
    { ...run, files },
    reach.map((one) => ({ ...one, path: pathOf.get(one.filename) ?? one.filename })),
  );
};
