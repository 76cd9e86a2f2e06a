import type { GenerationManifest } from "@freshet/model";
import { type DataStore, StorageError } from "@freshet/storage";
import { revisionOfStanding, STANDING_FOLDER, standingFile, standingPath } from "./standingFile.js";

type LakeOnly = Pick<DataStore, "lake">;

/**
 * Lets the engines that read the lake themselves see what stands since the pointer's `revision`. A file that is there already is of what
 * was published after the backup that this store was restored from: no other writer comes to the same revision.
 */
export const writeStanding = async (
  { lake }: LakeOnly,
  revision: number,
  manifest: GenerationManifest,
): Promise<void> => {
  const path = standingPath(revision);
  const file = Buffer.from(standingFile(revision, manifest));
  try {
    await lake.put(path, file);
  } catch (error) {
    if (!(error instanceof StorageError && error.kind === "mismatch")) throw error;
    await lake.remove(path);
    await lake.put(path, file);
  }
};

/** The same where it is missing, since whoever moved the pointer ended before; files of later revisions go (see `writeStanding`). */
export const mendStanding = async (
  data: LakeOnly,
  revision: number,
  manifest: GenerationManifest,
): Promise<void> => {
  const there = await data.lake.list(STANDING_FOLDER);
  for (const path of there) if ((revisionOfStanding(path) ?? 0) > revision) await data.lake.remove(path);
  if (!there.includes(standingPath(revision))) await writeStanding(data, revision, manifest);
};

/** Removes what is older than the newest `keep`. A reader that has begun may still read these. */
export const retireStanding = async ({ lake }: LakeOnly, revision: number, keep: number): Promise<void> => {
  for (const path of await lake.list(STANDING_FOLDER)) {
    const of = revisionOfStanding(path);
    if (of !== null && of <= revision - keep) await lake.remove(path);
  }
};
