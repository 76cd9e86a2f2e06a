import {
  ceilPane,
  type DurationMs,
  type EpochMs,
  formatDuration,
  type MetricDefinition,
  nextPane,
  paneProblem,
  paneStart,
  type TimeRange,
  windowEndingAt,
} from "@freshet/model";
import { QuestionError } from "../questionError.js";
import { POINTS_MAX, parseInstant, parsePanes } from "./parse.js";

const DEFAULT_WINDOW = "1h";
const DEFAULT_SPAN_MS = 86_400_000;
const DEFAULT_STEPS_MIN = 30;
const DEFAULT_STEPS_MAX = 1_000;

export interface WindowAsked {
  readonly range: TimeRange;
  readonly windowMs: DurationMs;
  readonly window: string;
  readonly at: string;
  readonly atDefaulted: boolean;
}

/** The default ends with the pane that holds the newest event; an instant that is asked for is rounded up to a pane. */
const endOf = (metric: MetricDefinition, atMs: EpochMs, defaulted: boolean): EpochMs => {
  const { paneMs, timeZone } = metric;
  if (!defaulted) return ceilPane(atMs, paneMs, timeZone);
  return nextPane(paneStart(atMs, paneMs, timeZone), paneMs, timeZone);
};

/** The window that ends with the newest event's pane. */
export const newestWindow = (metric: MetricDefinition, windowMs: DurationMs, newestMs: EpochMs): TimeRange =>
  windowEndingAt(endOf(metric, newestMs, true), windowMs, metric.paneMs, metric.timeZone);

export const resolveWindow = (
  metric: MetricDefinition,
  asked: { readonly window?: string | undefined; readonly at?: string | undefined },
  newestMs: EpochMs,
): WindowAsked => {
  const { paneMs, timeZone } = metric;
  const text = asked.window ?? (paneMs > 3_600_000 ? formatDuration(paneMs) : DEFAULT_WINDOW);
  const windowMs = parsePanes("window", text, paneMs, formatDuration(paneMs));
  const atMs = asked.at === undefined ? newestMs : parseInstant("at", asked.at);
  const end = endOf(metric, atMs, asked.at === undefined);
  return {
    range: windowEndingAt(end, windowMs, paneMs, timeZone),
    windowMs,
    window: formatDuration(windowMs),
    at: new Date(atMs).toISOString(),
    atDefaulted: asked.at === undefined,
  };
};

export interface StepsAsked {
  readonly range: TimeRange;
  readonly step: string;
  /** Start of every point, ascending. */
  readonly starts: readonly EpochMs[];
}

const walk = (fromMs: EpochMs, toMs: EpochMs, stepMs: DurationMs, timeZone: string): EpochMs[] => {
  const starts: EpochMs[] = [];
  for (let at = fromMs; at < toMs; at = nextPane(at, stepMs, timeZone)) {
    if (starts.length >= POINTS_MAX) {
      throw new QuestionError(
        "too_large",
        "step",
        `step: more than ${POINTS_MAX} points: ask for a longer step or a shorter range`,
      );
    }
    starts.push(at);
  }
  return starts;
};

export const resolveSteps = (
  metric: MetricDefinition,
  asked: {
    readonly from?: string | undefined;
    readonly to?: string | undefined;
    readonly step?: string | undefined;
  },
  newestMs: EpochMs,
): StepsAsked => {
  const { paneMs, timeZone } = metric;
  const pane = formatDuration(paneMs);
  const stepMs = asked.step === undefined ? paneMs : parsePanes("step", asked.step, paneMs, pane);
  const problem = paneProblem(stepMs, timeZone);
  if (problem) {
    throw new QuestionError("bad_parameter", "step", `step: ${problem.replaceAll("a pane", "a step")}`);
  }
  const toMs = asked.to === undefined ? endOf(metric, newestMs, true) : parseInstant("to", asked.to);
  const spanMs = Math.min(Math.max(DEFAULT_SPAN_MS, stepMs * DEFAULT_STEPS_MIN), stepMs * DEFAULT_STEPS_MAX);
  const fromMs =
    asked.from === undefined ? (Math.max(0, toMs - spanMs) as EpochMs) : parseInstant("from", asked.from);
  if (fromMs >= toMs) throw new QuestionError("bad_parameter", "from", "from: must lie before to");
  if ((toMs - fromMs) / stepMs > POINTS_MAX + 1) {
    throw new QuestionError(
      "too_large",
      "step",
      `step: more than ${POINTS_MAX} points: ask for a longer step or a shorter range`,
    );
  }
  const starts = walk(paneStart(fromMs, stepMs, timeZone), toMs, stepMs, timeZone);
  const first = starts[0] as EpochMs;
  const last = starts.at(-1) as EpochMs;
  const toExclusiveMs = nextPane(last, stepMs, timeZone);
  return { range: { fromMs: first, toExclusiveMs }, step: formatDuration(stepMs), starts };
};
