import type { GenerationManifest } from "@freshet/model";
import { KEEP_DEFAULT, publishGeneration } from "../generation/publish.js";
import { retire } from "../generation/retire.js";
import type { Standing } from "../generation/standing.js";
import { compactRawLake } from "../landing/compact.js";
import type { GenerationResult } from "./makeGeneration.js";
import { checkBalanced, lacks } from "./preconditions.js";
import { repair } from "./repair.js";
import type { BatchOptions, BatchResult, Running } from "./runBatch.js";

/** Removes what no kept generation needs, and puts small files together that have been counted, while the run's time lasts. */
export const clean = async (
  { data, logger, keep = KEEP_DEFAULT }: BatchOptions,
  { db, signal, step }: Running,
  manifest: GenerationManifest,
): Promise<void> => {
  try {
    step("cleaning");
    const retired = await retire(data, keep);
    const compacted = await compactRawLake(data, db, manifest.consumed);
    logger.debug({ ...retired, compacted }, "cleaned");
  } catch (error) {
    if (!signal.aborted) throw error;
    logger.warn({}, "the run's time was over while it cleaned up: the next one goes on with that");
  }
};

/**
 * Lets what a run made stand, unless its books lack what it requires, or somebody was first since `standing` was read, and
 * cleans up after it.
 */
export const letStand = async (
  options: BatchOptions,
  running: Running,
  {
    made,
    standing,
  }: { readonly made: Exclude<GenerationResult, { kind: "refused" }>; readonly standing: Standing },
): Promise<BatchResult> => {
  const { data, logger, keep = KEEP_DEFAULT, requires = [] } = options;
  const manifest = made.kind === "made" ? made.manifest : standing.manifest;
  const balanced = checkBalanced(manifest?.disagreements ?? [], requires);
  if (lacks(options, balanced)) {
    // what is not published names nothing to the next run, which must find it read again all the same
    await repair(data, running.db, manifest, logger);
    return { kind: "unready", lacking: [balanced] };
  }
  if (made.kind === "unchanged") return { kind: "unchanged", manifest: standing.manifest };
  running.step("publishing");
  running.signal.throwIfAborted();
  if (!(await publishGeneration(data, made.manifest, standing, keep))) return { kind: "superseded" };
  await clean(options, running, made.manifest);
  return {
    kind: "published",
    manifest: made.manifest,
    addedRecords: addedBy(made.manifest, standing.manifest),
  };
};

export const addedBy = (manifest: GenerationManifest, parent: GenerationManifest | null): number =>
  manifest.ledger.records - (parent?.ledger.records ?? 0);
