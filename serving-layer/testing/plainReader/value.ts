import { decodeKey, type EpochMs, type ValueAnswer, zeroStates } from "@freshet/model";
import type { Metric } from "../../reader/catalog.js";
import { parseKey } from "../../reader/question/key.js";
import { resolveWindow } from "../../reader/question/range.js";
import type { ValueQuestion } from "../../reader/reader.js";
import type { PlainSession } from "./plainSession.js";
import { openWindow } from "./openWindow.js";
import { frameOf, presentStates } from "../../reader/answer/frame.js";

/** One key's values over a window. */
export const answerValue = async (
  session: PlainSession,
  metric: Metric,
  question: ValueQuestion,
  newestMs: EpochMs,
): Promise<ValueAnswer> => {
  const { definition, measures } = metric;
  const key = parseKey(definition, question.key);
  const { range } = resolveWindow(definition, question, newestMs);
  const scoreOf = await session.scores(metric, range.toExclusiveMs, newestMs);
  const open = openWindow(session.view, await session.windowSum(metric, range));
  const states = open.get(key)?.states ?? zeroStates(measures);
  const standing = session.standing(metric, open.touched || scoreOf.touched, {
    overflow: new Set([...open.overflow, ...scoreOf.overflow]),
    missing: [...open.missing, ...scoreOf.missing],
  });
  return {
    ...frameOf(metric, range, standing),
    metric: definition.name,
    key: decodeKey(key, definition.by),
    values: presentStates(metric, states),
    score: scoreOf.at(key),
  };
};
