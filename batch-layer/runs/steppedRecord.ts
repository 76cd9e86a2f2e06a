import type { EpochMs, GenerationManifest, RunOutcome } from "@freshet/model";
import type { Records } from "@freshet/storage";
import type { SteppedRun } from "../run/steppedRunRecord.js";
import { RUN_SETTINGS } from "./recordedRun.js";
import { expireRuns, runId, saveRun } from "./runRecord.js";

/** Keeps the record of a run in steps: one attempt, since what starts the steps repeats them. */
export const recordSteppedRun = async (
  records: Records,
  { run, rebuild, startedMs }: Pick<SteppedRun, "run" | "rebuild" | "startedMs">,
  now: {
    readonly outcome: RunOutcome;
    readonly nowMs: number;
    readonly manifest?: GenerationManifest | null;
    readonly addedRecords?: number;
  },
): Promise<void> => {
  const elapsedMs = now.nowMs - startedMs;
  await expireRuns(records, now.nowMs);
  await saveRun(records, {
    id: runId(startedMs, run),
    engine: "spark",
    rebuild,
    schedule: { kind: "command" },
    startedMs,
    attempts: [
      {
        startedMs,
        elapsedMs,
        error: now.outcome === "failed" ? "given up by what started it" : null,
        steps: [{ step: now.outcome === "running" ? "counting" : "publishing", atMs: elapsedMs }],
      },
    ],
    outcome: now.outcome,
    generation: now.manifest?.generation ?? null,
    ledger: now.manifest?.ledger ?? null,
    records: now.addedRecords ?? 0,
    elapsedMs,
    expiresMs: (startedMs + RUN_SETTINGS.keepMs) as EpochMs,
  });
};
