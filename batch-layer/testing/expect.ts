import type { GenerationManifest } from "@freshet/model";
import type { BatchResult } from "../run/runBatch.js";
import type { Taken } from "../run/steppedRun.js";

/** The manifest of a run that published. @throws Error for any other outcome. */
export const published = (result: BatchResult | Taken): GenerationManifest => {
  if (result.kind === "published") return result.manifest;
  throw new Error(`not published: ${JSON.stringify(result).slice(0, 2000)}`);
};
