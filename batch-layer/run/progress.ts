/** What a batch run is at. */
export type BatchStep = "reading" | "counting" | "deduplicating" | "metrics" | "publishing" | "cleaning";

export const BATCH_STEPS: readonly BatchStep[] = [
  "reading",
  "counting",
  "deduplicating",
  "metrics",
  "publishing",
  "cleaning",
];

export interface BatchProgress {
  readonly step: BatchStep;
  /** Of the step, where it has parts. */
  readonly done: number;
  readonly of: number;
}
