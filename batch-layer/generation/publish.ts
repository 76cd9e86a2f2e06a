import {
  GENERATION_POINTER,
  type GenerationManifest,
  generationPath,
  type GenerationPointer,
} from "@freshet/model";
import { type DataStore, type Records, replaceOrLookAgain } from "@freshet/storage";
import { writeStanding } from "../catalogue/writeStanding.js";
import { type Standing } from "./standing.js";

const NUMBERS = "generation-numbers";
const ATTEMPTS_MAX = 100;
export const KEEP_DEFAULT = 3;

/** A number for a new generation; never given again, so that two runs never write to the same paths. */
export const reserveGeneration = async (records: Records): Promise<number> => {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const stored = await records.get<{ readonly next: number }>(NUMBERS);
    const number = stored?.value.next ?? 1;
    if (await replaceOrLookAgain(records, NUMBERS, stored?.revision ?? 0, { next: number + 1 }))
      return number;
  }
  throw new Error(`the record ${NUMBERS} was changed by others ${ATTEMPTS_MAX} times in a row; try again`);
};

/** The pointer to a generation: those that stood last are kept, the newest last. */
export const pointerTo = (
  generation: number,
  before: GenerationPointer | null,
  keep: number,
): GenerationPointer => ({
  generation,
  kept: [...(before?.kept ?? []).filter((one) => one !== generation), generation].slice(-keep),
});

/** Lets a manifest stand where nobody else was first since `standing` was read. False: somebody was. */
export const publishGeneration = async (
  { lake, records }: Pick<DataStore, "lake" | "records">,
  manifest: GenerationManifest,
  standing: Standing,
  keep: number,
): Promise<boolean> => {
  await lake.put(generationPath(manifest.generation), Buffer.from(JSON.stringify(manifest)));
  const stands = await records.replace(
    GENERATION_POINTER,
    standing.revision,
    pointerTo(manifest.generation, standing.pointer, keep),
  );
  if (stands) await writeStanding({ lake }, standing.revision + 1, manifest);
  return stands;
};
