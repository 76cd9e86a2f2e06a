import { type BatchResult, runBatch } from "@freshet/batch-layer";
import type { Line } from "./line.js";

/** One batch run over an open data directory; the caller holds the role `batch`. */
export const runBatchOn = async (
  line: Line,
  options: { readonly rebuild: boolean; readonly onProgress?: (step: string) => void },
): Promise<BatchResult> =>
  runBatch({
    data: line.data,
    duckdb: await line.duckdb(),
    logger: line.logger,
    rebuild: options.rebuild,
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
  });
