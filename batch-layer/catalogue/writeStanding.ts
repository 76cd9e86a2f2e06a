import type { GenerationManifest } from "@freshet/model";
import type { DataStore } from "@freshet/storage";
import { revisionOfStanding, STANDING_FOLDER, standingFile, standingPath } from "./standingFile.js";

type LakeOnly = Pick<DataStore, "lake">;

/** Lets the engines that read the lake themselves see what stands since the pointer's `revision`. */
export const writeStanding = (
  { lake }: LakeOnly,
  revision: number,
  manifest: GenerationManifest,
): Promise<void> => lake.put(standingPath(revision), Buffer.from(standingFile(revision, manifest)));

/** The same where it is missing, since whoever moved the pointer ended before. */
export const mendStanding = async (
  data: LakeOnly,
  revision: number,
  manifest: GenerationManifest,
): Promise<void> => {
  const path = standingPath(revision);
  if (!(await data.lake.list(path)).includes(path)) await writeStanding(data, revision, manifest);
};

/** Removes what is older than the newest `keep`. A reader that has begun may still read these. */
export const retireStanding = async ({ lake }: LakeOnly, revision: number, keep: number): Promise<void> => {
  for (const path of await lake.list(STANDING_FOLDER)) {
    const of = revisionOfStanding(path);
    if (of !== null && of <= revision - keep) await lake.remove(path);
  }
};
