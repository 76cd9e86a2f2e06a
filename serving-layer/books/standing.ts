import { GENERATION_POINTER, type GenerationManifest, type GenerationPointer } from "@freshet/model";
import type { DataStore } from "@freshet/storage";
import { QuestionError } from "../reader/questionError.js";
import { readManifest } from "../reader/settled/manifest.js";

export type BookStores = Pick<DataStore, "records" | "lake" | "log" | "increments">;

/** The generation's own files cannot be read. */
export class GenerationUnreadable extends Error {
  override readonly name = "GenerationUnreadable";
}

/** A generation that retires while it is read gives way to the next one. */
const ATTEMPTS_MAX = 3;

/** Runs an action over the generation that stands; null where none does yet. */
export const overStanding = async <T>(
  { records, lake, log }: BookStores,
  action: (manifest: GenerationManifest | null) => Promise<T>,
): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    const pointer = (await records.get<GenerationPointer>(GENERATION_POINTER))?.value ?? null;
    try {
      return await action(pointer && (await readManifest(lake, pointer.generation, log.identity.id)));
    } catch (error) {
      const now = (await records.get<GenerationPointer>(GENERATION_POINTER))?.value ?? null;
      if (error instanceof QuestionError) throw error;
      if (attempt < ATTEMPTS_MAX && now?.generation !== pointer?.generation) continue;
      const found = error instanceof Error ? error.message : String(error);
      throw new GenerationUnreadable(`generation ${pointer?.generation ?? "none"} cannot be read: ${found}`, {
        cause: error,
      });
    }
  }
};
