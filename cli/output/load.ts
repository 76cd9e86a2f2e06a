import type { LatencySummary, LoadProgress, LoadReport, LoadResult } from "@freshet/simulators";
import { table } from "./table.js";

const count = (value: number): string => Math.round(value).toLocaleString("en");
const ms = (value: number): string => (value < 10 ? value.toFixed(2) : count(value));

/** One line of a load that goes on. */
export const loadProgressText = (progress: LoadProgress): string =>
  [
    `${Math.round(progress.elapsedMs / 1_000)} s`,
    `${count(progress.sent)} sent`,
    `${count(progress.stored + progress.rejected)} accepted`,
    `${count(progress.waiting)} waiting`,
    `accepted in p99 ${ms(progress.acceptance.p99Ms)} ms`,
    `visible in p99 ${ms(progress.freshness.p99Ms)} ms`,
    ...(progress.throttled > 0 ? [`${count(progress.throttled)} throttled`] : []),
    ...(progress.failed > 0 ? [`${count(progress.failed)} failed`] : []),
  ].join(" · ");

const latencyRow = (name: string, summary: LatencySummary): readonly (string | number)[] => [
  name,
  count(summary.count),
  ...[summary.p50Ms, summary.p90Ms, summary.p99Ms, summary.p999Ms, summary.p9999Ms, summary.maxMs].map(ms),
];

const runText = (run: LoadResult): string => {
  const { counts, correctness, durationMs } = run;
  const perSecond = (counts.sent * 1_000) / durationMs;
  return [
    `${run.workload}, to ${run.target}: ${count(perSecond)} events/s for ${durationMs / 1_000} s`,
    `sent ${count(counts.sent)}: ${count(counts.stored)} stored, ${count(counts.rejected)} rejected, ${count(counts.failed)} failed; throttled ${count(counts.throttled)} times; at most ${ms(counts.behindMaxMs)} ms behind`,
    table(
      ["ms", "count", "p50", "p90", "p99", "p99.9", "p99.99", "max"],
      [latencyRow("accepted in", run.acceptance), latencyRow("visible in", run.freshness)],
    ),
    `answers: ${correctness.verdict} (${count(correctness.counted.events)} events, ${correctness.points} panes of watched keys)`,
    ...correctness.differences.map((difference) => `  ${difference}`),
    ...run.failures.map((failure) => `failed: ${failure}`),
  ].join("\n");
};

/** A load's report for people. */
export const loadText = ({ mode, steps, highestPerSecond, freshnessMsMax, runs }: LoadReport): string => {
  if (mode === "hold") return runs.map(runText).join("\n\n");
  const rows = steps.map(({ perSecond, held, because }) => [
    perSecond,
    held ? "held" : "not held",
    because ?? "",
  ]);
  return [
    table(["events/s", "", "why not"], rows),
    `highest rate with a p99 freshness of ${freshnessMsMax} ms: ${count(highestPerSecond ?? 0)} events/s`,
  ].join("\n");
};
