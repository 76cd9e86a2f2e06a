import {
  GENERATION_POINTER,
  type GenerationManifest,
  generationPath,
  type GenerationPointer,
} from "@freshet/model";
import type { DataStore } from "@freshet/storage";

export interface Standing {
  /** The pointer record's revision; 0 before the first generation. */
  readonly revision: number;
  readonly pointer: GenerationPointer | null;
  readonly manifest: GenerationManifest | null;
}

export const readManifest = async (
  { lake }: Pick<DataStore, "lake">,
  generation: number,
): Promise<GenerationManifest> =>
  JSON.parse(Buffer.from(await lake.get(generationPath(generation))).toString("utf8")) as GenerationManifest;

/** @throws Error when the generation belongs to another log. */
export const readStanding = async (data: Pick<DataStore, "records" | "lake" | "log">): Promise<Standing> => {
  const stored = await data.records.get<GenerationPointer>(GENERATION_POINTER);
  if (!stored) return { revision: 0, pointer: null, manifest: null };
  const manifest = await readManifest(data, stored.value.generation);
  if (manifest.log !== data.log.identity.id) {
    throw new Error(
      `generation ${manifest.generation} belongs to log ${manifest.log}, but this log is ${data.log.identity.id}: ` +
        "the log was made anew. Use a new data directory, or restore the log from a backup.",
    );
  }
  return { revision: stored.revision, pointer: stored.value, manifest };
};
