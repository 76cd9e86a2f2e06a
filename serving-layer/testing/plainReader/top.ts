import {
  decodeKey,
  decodeParts,
  type EpochMs,
  type GroupKey,
  type TopAnswer,
  type TopRow,
} from "@freshet/model";
import type { Metric } from "../../reader/catalog.js";
import { type Parts, parseParts } from "../../reader/question/key.js";
import { parseLimit } from "../../reader/question/parse.js";
import { resolveWindow } from "../../reader/question/range.js";
import { unknownName } from "../../reader/question/unknown.js";
import type { TopQuestion } from "../../reader/reader.js";
import type { PlainSession } from "./plainSession.js";
import type { ScoreOf } from "./scores.js";
import { openWindow } from "./openWindow.js";
import { rankOf, type WindowGroup } from "./windowSum.js";
import { frameOf, presentStates } from "../../reader/answer/frame.js";
import { type Ranked, topRanked } from "./topRows.js";

const ROWS_DEFAULT = 20;
const BY_SCORE = "score";

const resolveBy = ({ definition }: Metric, asked: string | undefined): string => {
  const names = [...(definition.trend ? [BY_SCORE] : []), ...definition.measures.map(({ name }) => name)];
  const by = asked ?? names[0] ?? BY_SCORE;
  if (names.includes(by)) return by;
  throw unknownName("unknown_measure", "by", `measure of ${definition.name}`, by, names);
};

const matches = (key: GroupKey, wanted: Parts): boolean => {
  if (wanted.size === 0) return true;
  const parts = decodeParts(key);
  for (const [index, part] of wanted) if ((parts[index] ?? null) !== part) return false;
  return true;
};

export const answerTop = async (
  session: PlainSession,
  metric: Metric,
  question: TopQuestion,
  newestMs: EpochMs,
): Promise<TopAnswer> => {
  const { definition, measures } = metric;
  const by = resolveBy(metric, question.by);
  const limit = parseLimit(question.limit, ROWS_DEFAULT);
  const wanted = parseParts("where", definition, question.where ?? {});
  const asked = resolveWindow(definition, question, newestMs);
  const scoreOf: ScoreOf = await session.scores(metric, asked.range.toExclusiveMs, newestMs);
  const sum = await session.windowSum(metric, asked.range);
  const open = openWindow(session.view, sum);
  const index = definition.measures.findIndex(({ name }) => name === by);
  const rank = (key: GroupKey, group: WindowGroup): number =>
    index >= 0 ? rankOf(measures, group, index) : (scoreOf.at(key) ?? -Infinity);
  const candidates = function* (): Iterable<Ranked> {
    for (const [key, group] of open.entries())
      if (matches(key, wanted)) yield { key, rank: rank(key, group) };
  };
  const rows = topRanked(candidates(), limit).map(({ key }): TopRow => {
    const group = open.get(key) as WindowGroup;
    return {
      key: decodeKey(key, definition.by),
      values: presentStates(metric, group.states),
      score: scoreOf.at(key),
    };
  });
  const standing = session.standing(metric, open.touched || scoreOf.touched, {
    overflow: new Set([...open.overflow, ...scoreOf.overflow]),
    missing: [...open.missing, ...scoreOf.missing],
  });
  return {
    ...frameOf(metric, asked.range, standing),
    metric: definition.name,
    window: asked.window,
    at: asked.at,
    atDefaulted: asked.atDefaulted,
    by,
    rows,
  };
};
