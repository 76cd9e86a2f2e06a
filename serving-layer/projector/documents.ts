import { canonicalJson, type TopAnswer, type ValueAnswer } from "@freshet/model";
import type { TrendDocument } from "@freshet/storage";

type Shared = Omit<TrendDocument, "key" | "values" | "score" | "rank" | "watched">;

const sharedOf = (answer: TopAnswer, definition: string): Shared => ({
  metric: answer.metric,
  definition,
  window: answer.window,
  from: answer.covers.from,
  to: answer.covers.to,
  by: answer.by,
  status: answer.status,
  batchThrough: answer.batchThrough,
  missing: answer.missing,
});

/**
 * The documents of one window: those of its first keys, and those of the watched ones, which may be among them.
 *
 * @param watched of the same window
 */
export const documentsOf = (
  top: TopAnswer,
  watched: readonly ValueAnswer[],
  definition: string,
): readonly TrendDocument[] => {
  const shared = sharedOf(top, definition);
  const watchedKeys = new Set(watched.map(({ key }) => canonicalJson(key)));
  const first = top.rows.map(
    ({ key, values, score }, at): TrendDocument => ({
      ...shared,
      key,
      values,
      score,
      rank: at + 1,
      watched: watchedKeys.has(canonicalJson(key)),
    }),
  );
  const ranked = new Set(top.rows.map(({ key }) => canonicalJson(key)));
  const others = watched
    .filter(({ key }) => !ranked.has(canonicalJson(key)))
    .map(
      ({ key, values, score, status, missing }): TrendDocument => ({
        ...shared,
        status,
        missing,
        key,
        values,
        score,
        rank: null,
        watched: true,
      }),
    );
  return [...first, ...others];
};
