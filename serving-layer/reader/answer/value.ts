import { decodeKey, type EpochMs, type ValueAnswer, zeroStates } from "@freshet/model";
import type { Metric } from "../catalog.js";
import { parseKey } from "../question/key.js";
import { resolveWindow } from "../question/range.js";
import type { ValueQuestion } from "../reader.js";
import type { Session } from "../session.js";
import { openWindow } from "../window/openWindow.js";
import { frameOf, presentStates } from "./frame.js";

/** One key's values over a window. */
export const answerValue = async (
  session: Session,
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
