import type { GenerationManifest } from "@freshet/model";
import type { DuckDb } from "@freshet/storage";
import { KEEP_DEFAULT, publishGeneration } from "../generation/publish.js";
import { retire } from "../generation/retire.js";
import type { Standing } from "../generation/standing.js";
import { compactRawLake } from "../landing/compact.js";
import type { BatchOptions, BatchResult } from "./runBatch.js";
import type { BatchStep } from "./progress.js";

/** Removes what no kept generation needs, and puts small files together that have been counted. */
export const clean = async (
  { data, logger, keep = KEEP_DEFAULT }: BatchOptions,
  db: DuckDb,
  manifest: GenerationManifest,
): Promise<void> => {
  const retired = await retire(data, keep);
  const compacted = await compactRawLake(data, db, manifest.consumed);
  logger.debug({ ...retired, compacted }, "cleaned");
};

/** Lets a generation stand, unless somebody was first since `standing` was read, and cleans up after it. */
export const letStand = async (
  options: BatchOptions,
  db: DuckDb,
  { manifest, standing }: { readonly manifest: GenerationManifest; readonly standing: Standing },
  step: (step: BatchStep) => void,
): Promise<BatchResult> => {
  step("publishing");
  if (!(await publishGeneration(options.data, manifest, standing, options.keep ?? KEEP_DEFAULT)))
    return { kind: "superseded" };
  step("cleaning");
  await clean(options, db, manifest);
  return { kind: "published", manifest, addedRecords: addedBy(manifest, standing.manifest) };
};

export const addedBy = (manifest: GenerationManifest, parent: GenerationManifest | null): number =>
  manifest.ledger.records - (parent?.ledger.records ?? 0);
