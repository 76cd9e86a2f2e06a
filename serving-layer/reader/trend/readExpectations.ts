import type { GenerationManifest, Missing, TimeRange, TrendFiles } from "@freshet/model";
import type { Lake } from "@freshet/storage";
import type { Metric } from "../catalog.js";
import type { WithConnection } from "../settled/queryTurns.js";
import { generationMissing } from "../settled/settledView.js";
import type { StartTurns } from "../turns.js";
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
export interface ReadExpectations {
  read(manifest: GenerationManifest | null, metric: Metric, asked: TimeRange): Promise<Expectations>;
  /** Equal names of one manifest and metric are equal expectations. */
  nameOf(manifest: GenerationManifest | null, metric: Metric, asked: TimeRange): string;
}

export const createReadExpectations = (
  withConnection: WithConnection,
  lake: Lake,
  startTurns: StartTurns,
): ReadExpectations => {
  const readBaseline = createReadBaseline(withConnection, lake, startTurns);
  const baselines = createBoundedCache<Baseline>({
    weightMax: BASELINE_KEYS_MAX,
    weigh: (baseline) =>
      [...baseline.values()].reduce((sum, { members }) => sum + members.size, ENTRY_WEIGHT),
    drop: () => undefined,
  });
  const filesOf = (manifest: GenerationManifest | null, { definition }: Metric): TrendFiles | null => {
    const files = manifest?.metrics[definition.hash]?.trend;
    return files && files.on === definition.trend?.on ? files : null;
  };
  return {
    nameOf(manifest, metric, asked) {
      const files = filesOf(manifest, metric);
      return files ? JSON.stringify(overlappingWindows(files, asked)) : "";
    },
    async read(manifest, metric, asked) {
      const files = filesOf(manifest, metric);
      if (!files) return NOTHING;
      try {
        const baseline = await baselines.get(files.baseline, () => readBaseline(metric, files));
        const windows = overlappingWindows(files, asked);
        const takenOut = await readTakenOut(withConnection, lake, metric, files, windows, startTurns);
        return { of: createExpectations(metric, baseline, windows, takenOut), missing: [] };
      } catch (error) {
        return { of: NOTHING_KNOWN, missing: [generationMissing(manifest, error)] };
      }
    },
  };
};
