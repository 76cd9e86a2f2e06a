import { GENERATION_POINTER, type GenerationPointer } from "@freshet/model";
import { readManifest } from "../reader/settled/manifest.js";
import type { GenerationsAnswer } from "./answers.js";
import type { BookStores } from "./standing.js";

/** The generations that are kept to go back to. */
export const readGenerations = async ({ records, lake, log }: BookStores): Promise<GenerationsAnswer> => {
  const pointer = (await records.get<GenerationPointer>(GENERATION_POINTER))?.value;
  if (!pointer) return { standing: null, generations: [] };
  const manifests = await Promise.all(
    pointer.kept.toReversed().map((generation) => readManifest(lake, generation, log.identity.id)),
  );
  return {
    standing: pointer.generation,
    generations: manifests.map((manifest) => ({
      generation: manifest.generation,
      stands: manifest.generation === pointer.generation,
      created: new Date(manifest.createdMs).toISOString(),
      parent: manifest.parent,
      code: manifest.code,
      ledger: manifest.ledger,
      cut: manifest.cut,
      ended: manifest.ended,
      metrics: [...new Set(Object.values(manifest.metrics).map(({ name }) => name))].sort(),
      disagreements: manifest.disagreements.length,
      writeOffs: manifest.writeOffs.length,
    })),
  };
};
