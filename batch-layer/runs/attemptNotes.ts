import type { CheckedPrecondition, RunAttempt } from "@freshet/model";
import type { BatchProgress } from "../run/progress.js";

interface Listeners {
  readonly onProgress?: (progress: BatchProgress) => void;
  readonly onPrecondition?: (checked: CheckedPrecondition) => void;
}

export interface AttemptNotes extends Required<Listeners> {
  /** When each began. */
  readonly steps: RunAttempt["steps"];
  readonly preconditions: readonly CheckedPrecondition[];
}

/** Keeps what an attempt tells of itself besides passing it on. */
export const createAttemptNotes = (to: Listeners, elapsedMs: () => number): AttemptNotes => {
  const steps: RunAttempt["steps"][number][] = [];
  const preconditions: CheckedPrecondition[] = [];
  return {
    steps,
    preconditions,
    onProgress(progress) {
      if (steps.at(-1)?.step !== progress.step) steps.push({ step: progress.step, atMs: elapsedMs() });
      to.onProgress?.(progress);
    },
    onPrecondition(checked) {
      preconditions.push(checked);
      to.onPrecondition?.(checked);
    },
  };
};
