import { GENERATION_POINTER, type GenerationManifest, type GenerationPointer } from "@freshet/model";
import type { DataStore } from "@freshet/storage";
import { writeStanding } from "../catalogue/writeStanding.js";
import { pointerTo } from "./publish.js";
import { readManifest } from "./standing.js";

export interface KeptGenerations {
  /** The one that stands; null before the first. */
  readonly standing: number | null;
  /** By when they stood last, newest first. */
  readonly generations: readonly GenerationManifest[];
}

export const listGenerations = async (
  data: Pick<DataStore, "records" | "lake">,
): Promise<KeptGenerations> => {
  const pointer = (await data.records.get<GenerationPointer>(GENERATION_POINTER))?.value;
  if (!pointer) return { standing: null, generations: [] };
  const generations = await Promise.all(
    pointer.kept.toReversed().map((generation) => readManifest(data, generation)),
  );
  return { standing: pointer.generation, generations };
};

const notKept = (generation: number, kept: readonly number[]): Error =>
  new Error(
    `generation ${generation} is not kept; ${kept.length > 0 ? `kept are ${kept.join(", ")}` : "none is"}`,
  );

/** @throws Error when it is not kept */
export const keptManifest = async (
  data: Pick<DataStore, "records" | "lake">,
  generation: number,
): Promise<GenerationManifest> => {
  const kept = (await data.records.get<GenerationPointer>(GENERATION_POINTER))?.value.kept ?? [];
  if (!kept.includes(generation)) throw notKept(generation, kept);
  return readManifest(data, generation);
};

export interface Reverted {
  readonly generation: number;
  /** The one that stood before. */
  readonly from: number;
  /** The pointer's revision: it only grows, also by a revert. */
  readonly revision: number;
}

/**
 * Lets a kept generation stand again. The next run goes on from it; what later generations held is counted again.
 * @throws Error when it is not kept, or another run was first.
 */
export const revertTo = async ({
  data,
  generation,
}: {
  readonly data: Pick<DataStore, "records" | "lake">;
  readonly generation: number;
}): Promise<Reverted> => {
  const stored = await data.records.get<GenerationPointer>(GENERATION_POINTER);
  const kept = stored?.value.kept ?? [];
  if (!stored || !kept.includes(generation)) throw notKept(generation, kept);
  const manifest = await readManifest(data, generation);
  if (
    !(await data.records.replace(
      GENERATION_POINTER,
      stored.revision,
      pointerTo(generation, stored.value, kept.length),
    ))
  ) {
    throw new Error(
      `a batch run published while generation ${generation} was to stand again; look, and try again`,
    );
  }
  const revision = stored.revision + 1;
  await writeStanding(data, revision, manifest);
  return { generation, from: stored.value.generation, revision };
};
