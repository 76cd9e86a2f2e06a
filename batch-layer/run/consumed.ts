import type { Cut, GenerationManifest } from "@freshet/model";
import { type FileTarget, localFiles } from "../generation/files.js";
import { reachSql } from "../sql/rows.js";

/** The raw files of which every row lies at or before the cut, that still exist. */
export const newlyConsumed = async (
  { db, lake }: FileTarget,
  run: {
    readonly parent: GenerationManifest | null;
    readonly cut: Cut;
    readonly files: readonly string[];
    readonly existing: readonly string[];
  },
): Promise<readonly string[]> => {
  const before = new Set(run.parent?.consumed ?? []);
  const read = run.files.filter((path) => !before.has(path));
  const local = await localFiles(lake, read);
  const pathOf = new Map(local.map((file, index) => [file, read[index] as string]));
  const open = new Set<string>();
  if (local.length > 0) {
    const rows = await db.rows<{ filename: string; shard: string; last: string }>(reachSql(local));
    for (const { filename, shard, last } of rows) {
      const cut = run.cut[shard];
      if (!cut || last > cut.lastSequence) open.add(pathOf.get(filename) ?? filename);
    }
  }
  const consumed = new Set([...before, ...read.filter((path) => !open.has(path))]);
  return run.existing.filter((path) => consumed.has(path));
};
