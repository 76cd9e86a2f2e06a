import {
  decodeKey,
  type EpochMs,
  type GroupStates,
  type Measure,
  mergeStates,
  trendScore,
  type ValueAnswer,
  zeroStates,
} from "@freshet/model";
import type { Metric } from "../catalog.js";
import { inRange } from "../live/part.js";
import { touchOf } from "../live/touched.js";
import { parseKey } from "../question/key.js";
import { resolveWindow } from "../question/range.js";
import type { ValueQuestion } from "../reader.js";
import type { Session } from "../session.js";
import { elapsedOf, spanOf, trendMeasure, trendWindows } from "../trend/trendWindows.js";
import { frameOf, presentStates } from "./frame.js";
import { eachLive } from "./liveOfKey.js";

/** One key's values over a window, from what there is of the key alone. */
export const answerValue = async (
  session: Session,
  metric: Metric,
  question: ValueQuestion,
  newestMs: EpochMs,
): Promise<ValueAnswer> => {
  const { definition, measures } = metric;
  const key = parseKey(definition, question.key);
  const { range } = resolveWindow(definition, question, newestMs);
  const trends = trendWindows(definition, range.toExclusiveMs);
  const trendRanges = trends.map((trend) => trend.range);
  const ranges = [range, ...trendRanges];
  const expectations = trends.length === 0 ? null : await session.expectations(metric, spanOf(trendRanges));
  const sums = ranges.map((): GroupStates | null => null);
  const add = (paneMs: EpochMs, states: readonly unknown[]): void => {
    for (const [at, each] of ranges.entries()) {
      if (inRange(paneMs, each)) sums[at] = mergeStates(measures, sums[at] ?? zeroStates(measures), states);
    }
  };
  const settled = await session.readKey(metric, spanOf(ranges), key, add);
  const live = session.live(metric);
  const parts = session.view.parts();
  eachLive(live, parts, key, add);
  const touches = ranges.map((each) => touchOf(live, parts, each));
  const on = trendMeasure(definition);
  const score = trendScore(
    trends.map(({ widthMs, range: window }, at) => {
      const states = sums[at + 1];
      return {
        count: states ? (measures[on] as Measure).rank(states[on]) : 0,
        elapsed: elapsedOf(window, newestMs),
        expectation: (expectations as NonNullable<typeof expectations>).of(key, widthMs, window),
      };
    }),
  );
  const standing = session.standing(
    metric,
    touches.some(({ touched }) => touched),
    {
      overflow: new Set(touches.flatMap(({ overflow }) => [...overflow])),
      missing: [...settled, ...(expectations?.missing ?? [])],
    },
  );
  return {
    ...frameOf(metric, range, standing),
    metric: definition.name,
    key: decodeKey(key, definition.by),
    values: presentStates(metric, sums[0] ?? zeroStates(measures)),
    score: trends.length === 0 ? null : score,
  };
};
