import {
  type AnswerFrame,
  type EpochMs,
  type ErrorBound,
  type Missing,
  type PresentedValue,
  type Status,
  statusOf,
  type TimeRange,
} from "@freshet/model";
import type { Metric } from "../catalog.js";

export const isoOf = (ms: number): string => new Date(ms).toISOString();

export const errorBounds = ({ definition, measures }: Metric): Readonly<Record<string, ErrorBound>> =>
  Object.fromEntries(
    measures.flatMap(({ errorBound }, index) =>
      errorBound ? [[definition.measures[index]?.name as string, errorBound]] : [],
    ),
  );

export const presentStates = (
  { definition, measures }: Metric,
  states: readonly unknown[],
): Readonly<Record<string, PresentedValue>> =>
  Object.fromEntries(
    measures.map((measure, index) => [
      definition.measures[index]?.name as string,
      measure.present(states[index]),
    ]),
  );

/** What a status rests on, for one range. */
export interface Standing {
  readonly batchThroughMs: EpochMs | null;
  readonly missing: readonly Missing[];
  /** An increment after the cut touches the range. */
  readonly touched: boolean;
}

export const statusFor = (range: TimeRange, standing: Standing): Status =>
  statusOf({ toExclusiveMs: range.toExclusiveMs, ...standing });

/** A settled answer names only what was given up for good: a stale tip leaves it alone. */
export const frameOf = (metric: Metric, range: TimeRange, standing: Standing): AnswerFrame => {
  const status = statusFor(range, standing);
  return {
    status,
    covers: { from: isoOf(range.fromMs), to: isoOf(range.toExclusiveMs) },
    batchThrough: standing.batchThroughMs === null ? null : isoOf(standing.batchThroughMs),
    missing:
      status === "settled" ? standing.missing.filter(({ kind }) => kind === "written_off") : standing.missing,
    errorBound: errorBounds(metric),
  };
};
