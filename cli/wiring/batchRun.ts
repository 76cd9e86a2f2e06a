import { type BatchProgress, runBatch } from "@freshet/batch-layer";
import type { Disagreement, GenerationManifest, Ledger } from "@freshet/model";
import { EXIT, Failure } from "../output/failure.js";
import type { Line } from "./line.js";

export interface BatchReport {
  /** False: there was nothing to add. */
  readonly published: boolean;
  readonly generation: number | null;
  readonly elapsedMs: number;
  readonly ledger: Ledger | null;
  readonly disagreements: readonly Disagreement[];
}

const reportOf = (
  published: boolean,
  manifest: GenerationManifest | null,
  elapsedMs: number,
): BatchReport => ({
  published,
  generation: manifest?.generation ?? null,
  elapsedMs,
  ledger: manifest?.ledger ?? null,
  disagreements: manifest?.disagreements ?? [],
});

/** One batch run over an open data directory. @throws Failure when another run is under way, or a rebuild would lose counts. */
export const runBatchOn = async (
  line: Line,
  options: { readonly rebuild: boolean; readonly onProgress?: (progress: BatchProgress) => void },
): Promise<BatchReport> => {
  const startedMs = performance.now();
  const result = await runBatch({
    data: line.data,
    duckdb: await line.duckdb(),
    logger: line.logger,
    rebuild: options.rebuild,
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
  });
  const elapsedMs = Math.round(performance.now() - startedMs);
  switch (result.kind) {
    case "published":
    case "unchanged":
      return reportOf(result.kind === "published", result.manifest, elapsedMs);
    case "busy":
      throw new Failure(
        `another batch run is under way (pid ${result.by.pid ?? "?"}): wait for it.`,
        EXIT.refused,
      );
    case "superseded":
      throw new Failure(
        "another run or a revert was first; nothing was published. Run it again.",
        EXIT.refused,
      );
    case "refused":
      throw new Failure(
        `a rebuild would lose ${result.segments.length} segments whose rows are no longer in the raw lake; the standing generation is kept.`,
        EXIT.unbalanced,
      );
  }
};
