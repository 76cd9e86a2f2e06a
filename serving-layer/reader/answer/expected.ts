import {
  decodeKey,
  type DurationMs,
  type EpochMs,
  type Expectation,
  type GroupKey,
  paneStart,
  type TimeRange,
  TREND_WIDTHS_MS,
} from "@freshet/model";
import type { Metric } from "../catalog.js";
import { parseKey } from "../question/key.js";
import { resolveSteps } from "../question/range.js";
import { QuestionError } from "../questionError.js";
import type { ExpectedAnswer, SeriesQuestion } from "../reader.js";
import type { Session } from "../session.js";
import type { ExpectationOf } from "../trend/expectations.js";
import { isoOf } from "./frame.js";

const [SHORTEST_MS, LONGEST_MS] = [Math.min(...TREND_WIDTHS_MS), Math.max(...TREND_WIDTHS_MS)] as const;
/** A normal value lies within so many standard deviations of the mean. */
const DEVIATIONS = 2;

/** The windows whose expectations a step is made of, each with the share of it that the step takes. */
const windowsOf = ({
  fromMs,
  toExclusiveMs,
}: TimeRange): readonly {
  readonly widthMs: DurationMs;
  readonly window: TimeRange;
  readonly share: number;
}[] => {
  const stepMs = toExclusiveMs - fromMs;
  const widthMs = (stepMs <= SHORTEST_MS ? SHORTEST_MS : LONGEST_MS) as DurationMs;
  const count = Math.max(1, Math.ceil(stepMs / widthMs));
  return Array.from({ length: count }, (_, index) => {
    const startMs = (fromMs + index * widthMs) as EpochMs;
    const takenMs = Math.min(widthMs, toExclusiveMs - startMs);
    return {
      widthMs,
      window: { fromMs: startMs, toExclusiveMs: (startMs + widthMs) as EpochMs },
      share: takenMs / widthMs,
    };
  });
};

/** As a score does it: a part of a window is expected to hold its share, with the window's dispersion. */
const expectedIn = (of: ExpectationOf, key: GroupKey, range: TimeRange) => {
  let mean = 0;
  let variance = 0;
  for (const { widthMs, window, share } of windowsOf(range)) {
    const { lambda, alpha }: Expectation = of(key, widthMs, window);
    const taken = lambda * share;
    mean += taken;
    variance += taken + alpha * taken * taken;
  }
  const deviation = DEVIATIONS * Math.sqrt(variance);
  return { mean, low: Math.max(0, mean - deviation), high: mean + deviation };
};

/** What batch knows to be normal for one key, step by step, less what it learned from the newest windows. */
export const answerExpected = async (
  session: Session,
  metric: Metric,
  question: SeriesQuestion,
  newestMs: EpochMs,
): Promise<ExpectedAnswer> => {
  const { definition } = metric;
  const key = parseKey(definition, question.key);
  const { trend } = definition;
  if (trend === null) {
    throw new QuestionError("bad_parameter", "metric", `metric: ${definition.name} has no trend`);
  }
  const { range, step, starts } = resolveSteps(definition, question, newestMs);
  // The same windows are left out as for the scores of now, so that both share what is reckoned.
  const endMs = paneStart((newestMs + definition.paneMs) as EpochMs, definition.paneMs, definition.timeZone);
  const fromMs = (endMs - LONGEST_MS) as EpochMs;
  const { of, missing } = await session.expectations(metric, { fromMs, toExclusiveMs: endMs });
  return {
    metric: definition.name,
    measure: trend.on,
    key: decodeKey(key, definition.by),
    step,
    missing,
    points: starts.map((startMs, index) => {
      const toExclusiveMs = starts[index + 1] ?? range.toExclusiveMs;
      return { time: isoOf(startMs), ...expectedIn(of, key, { fromMs: startMs, toExclusiveMs }) };
    }),
  };
};
