import type { GenerationManifest, Missing, TimeRange } from "@freshet/model";
import type { Lake } from "@freshet/storage";
import type { Metric } from "../catalog.js";
import type { WithConnection } from "../settled/queryTurns.js";
import { generationMissing } from "../settled/settledView.js";
import { createBoundedCache } from "../window/boundedCache.js";
import {
  createExpectations,
  type ExpectationOf,
  NOTHING_KNOWN,
  overlappingWindows,
  readTakenOut,
} from "./expectations.js";
import { type Baseline, createReadBaseline } from "./readBaseline.js";

/** Keys of baselines that are kept loaded; a baseline's file tells one from another. */
const BASELINE_KEYS_MAX = 1_000_000;
const ENTRY_WEIGHT = 1_000;

export interface Expectations {
  readonly of: ExpectationOf;
  /** What of the generation could not be read. */
  readonly missing: readonly Missing[];
}

const NOTHING: Expectations = { of: NOTHING_KNOWN, missing: [] };

/** What is normal for the keys of a metric, less the windows that are asked about. */
export type ReadExpectations = (
  manifest: GenerationManifest | null,
  metric: Metric,
  asked: TimeRange,
) => Promise<Expectations>;

export const createReadExpectations = (
  withConnection: WithConnection,
  lake: Lake,
  pause: () => Promise<void>,
): ReadExpectations => {
  const readBaseline = createReadBaseline(withConnection, lake, pause);
  const baselines = createBoundedCache<Baseline>({
    weightMax: BASELINE_KEYS_MAX,
    weigh: (baseline) =>
      [...baseline.values()].reduce((sum, { members }) => sum + members.size, ENTRY_WEIGHT),
    drop: () => undefined,
  });
  return async (manifest, metric, asked) => {
    const files = manifest?.metrics[metric.definition.hash]?.trend;
    if (!files || files.on !== metric.definition.trend?.on) return NOTHING;
    try {
      const baseline = await baselines.get(files.baseline, () => readBaseline(metric, files));
      const windows = overlappingWindows(files, asked);
      const takenOut = await readTakenOut(withConnection, lake, metric, files, windows);
      return { of: createExpectations(metric, baseline, windows, takenOut), missing: [] };
    } catch (error) {
      return { of: NOTHING_KNOWN, missing: [generationMissing(manifest, error)] };
    }
  };
};
