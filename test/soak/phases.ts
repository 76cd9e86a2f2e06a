import { randomUUID } from "node:crypto";
import { createClient } from "@freshet/client";
import { systemClock } from "@freshet/sdk";
import {
  DEFAULT_GENERATED,
  generatedWorkload,
  httpTarget,
  type LoadProgress,
  type LoadResult,
  type LoadTarget,
  logTarget,
  runLoad,
  warmedUp,
} from "@freshet/simulators";
import { openDataDirectory } from "@freshet/storage";
import type { RunningLine } from "./line.js";

export interface Phase {
  readonly perSecond: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly seed: number;
  readonly onProgress?: (progress: LoadProgress) => void;
}

const runPhase = (
  line: RunningLine,
  target: LoadTarget,
  { perSecond, seconds, warmUpSeconds, seed, onProgress }: Phase,
): Promise<LoadResult> => {
  const warmUpMs = warmUpSeconds * 1_000;
  const durationMs = warmUpMs + seconds * 1_000;
  return runLoad({
    workload: generatedWorkload({
      ...DEFAULT_GENERATED,
      ...{ seed, durationMs, rate: warmedUp({ kind: "steady", perSecond }, warmUpMs) },
    }),
    ...{ target, client: createClient({ url: line.address }), durationMs, warmUpMs, seed },
    ...{ run: `soak-${randomUUID().slice(0, 8)}`, clock: systemClock },
    ...(onProgress && { onProgress }),
  });
};

/** Into the line's own log, as aggregates, beside the process that folds it. */
export const intoTheLog = async (line: RunningLine, phase: Phase): Promise<LoadResult> => {
  const data = await openDataDirectory(line.dataDir);
  try {
    return await runPhase(line, await logTarget("the embedded log", data.log), phase);
  } finally {
    await data.close();
  }
};

/** Through the collector. */
export const throughTheCollector = async (line: RunningLine, phase: Phase): Promise<LoadResult> => {
  const target = httpTarget({ url: line.address });
  try {
    return await runPhase(line, target, phase);
  } finally {
    await target.close();
  }
};
