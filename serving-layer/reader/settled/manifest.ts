import { type GenerationManifest, generationPath } from "@freshet/model";
import type { Lake } from "@freshet/storage";

const VERSION = 1;

/** @throws Error that says what is wrong with the generation, for an answer's `missing`. */
export const readManifest = async (
  lake: Lake,
  generation: number,
  logId: string,
): Promise<GenerationManifest> => {
  const bytes = await lake.get(generationPath(generation));
  const manifest = JSON.parse(Buffer.from(bytes).toString("utf8")) as GenerationManifest;
  const version: number = manifest.version;
  if (version !== VERSION) {
    throw new Error(`generation ${generation} has format ${version}, this reads ${VERSION}`);
  }
  if (manifest.log !== logId) {
    throw new Error(`generation ${generation} belongs to log ${manifest.log}, this is ${logId}`);
  }
  return manifest;
};
