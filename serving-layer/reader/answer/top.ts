import { decodeKey, type EpochMs, type TopAnswer, type TopRow, trendScore } from "@freshet/model";
import type { Metric } from "../catalog.js";
import { touchOf } from "../live/touched.js";
import { parseParts } from "../question/key.js";
import { parseLimit } from "../question/parse.js";
import { resolveWindow, type WindowAsked } from "../question/range.js";
import { unknownName } from "../question/unknown.js";
import type { Filter } from "../rank/filter.js";
import type { ScoreRanks } from "../rank/scoreRanks.js";
import { createSelection } from "../rank/selection.js";
import type { TopQuestion } from "../reader.js";
import type { Session } from "../session.js";
import type { Expectations } from "../trend/readExpectations.js";
import { elapsedOf, spanOf, trendMeasure, type TrendWindow, trendWindows } from "../trend/trendWindows.js";
import type { Ranking } from "../window/rankings.js";
import { sameRange } from "../window/slide.js";
import type { Window } from "../window/window.js";
import { frameOf } from "./frame.js";

const ROWS_DEFAULT = 20;
const BY_SCORE = "score";
/** What an answer needs moves on while it is got ready: it is tried again as often. */
const ATTEMPTS_MAX = 20;

const resolveBy = ({ definition }: Metric, asked: string | undefined): string => {
  const names = [...(definition.trend ? [BY_SCORE] : []), ...definition.measures.map(({ name }) => name)];
  const by = asked ?? names[0] ?? BY_SCORE;
  if (names.includes(by)) return by;
  throw unknownName("unknown_measure", "by", `measure of ${definition.name}`, by, names);
};

/** What an answer is reckoned from, as it stands. */
interface Ready {
  readonly window: Window;
  readonly trends: readonly (TrendWindow & { readonly window: Window })[];
  readonly expectations: Expectations | null;
  readonly filter: Filter | null;
  readonly order:
    | { readonly kind: "measure"; readonly ranking: Ranking }
    | { readonly kind: "score"; readonly ranks: ScoreRanks };
}

/** What a question is about: keys that its filter lets through and that its window holds. */
const accepts =
  (window: Window, filter: Filter | null) =>
  (id: number): boolean =>
    (filter === null || filter.has(id)) && !Number.isNaN(window.rank(id, 0));

export const answerTop = async (
  session: Session,
  metric: Metric,
  question: TopQuestion,
): Promise<TopAnswer> => {
  const { definition } = metric;
  const by = resolveBy(metric, question.by);
  const limit = parseLimit(question.limit, ROWS_DEFAULT);
  const wanted = parseParts("where", definition, question.where ?? {});
  const index = definition.measures.findIndex(({ name }) => name === by);
  const on = trendMeasure(definition);
  const moves = question.at === undefined;
  const resolve = (): WindowAsked => resolveWindow(definition, question, session.newestMs());

  const getFilter = async (): Promise<Filter | null> =>
    wanted.size === 0 ? null : session.filter(metric, wanted);
  const getReady = async ({ range, windowMs }: WindowAsked): Promise<Ready> => {
    const trends = trendWindows(definition, range.toExclusiveMs);
    const expectations =
      trends.length === 0
        ? null
        : await session.expectations(metric, spanOf(trends.map((trend) => trend.range)));
    const [window, trendSums] = await Promise.all([
      session.window({ metric, windowMs, range: moves ? null : range }),
      Promise.all(
        trends.map((trend) =>
          session.window({ metric, windowMs: trend.widthMs, range: moves ? null : trend.range }),
        ),
      ),
    ]);
    const windows = trends.map((trend, at) => ({ ...trend, window: trendSums[at] as Window }));
    if (index >= 0 || expectations === null) {
      const ranking = await window.ranking(index);
      const filter = await getFilter();
      return { window, trends: windows, expectations, filter, order: { kind: "measure", ranking } };
    }
    const scored = await Promise.all(
      windows.map(async (each) => ({ ...each, counts: await each.window.ranking(on) })),
    );
    const filter = await getFilter();
    const ranks = await session.scoreRanks(metric, scored, expectations, moves);
    const kind = JSON.stringify([windowMs, range.toExclusiveMs - range.fromMs, limit, [...wanted]]);
    const selection = createSelection(limit, session.live(metric).keys.keyOf);
    await ranks.prepareSelection(kind, selection, session.newestMs(), accepts(window, filter));
    return { window, trends: windows, expectations, filter, order: { kind: "score", ranks } };
  };
  const holds = ({ window, trends }: Ready, asked: WindowAsked): boolean =>
    window.stands() &&
    sameRange(window.range(), asked.range) &&
    trendWindows(definition, asked.range.toExclusiveMs).every(({ range }, at) => {
      const trend = trends[at]?.window;
      return trend?.stands() === true && sameRange(trend.range(), range);
    });

  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const ready = await getReady(resolve());
    // From here on nothing waits: what the answer is made of stands, all at one instant.
    const asked = resolve();
    if (holds(ready, asked)) return reckon(session, metric, { by, index, limit, asked }, ready);
    await session.committed();
  }
  throw new Error(`${definition.name}: windows moved on ${ATTEMPTS_MAX} times while they were made`);
};

const reckon = (
  session: Session,
  metric: Metric,
  question: {
    readonly by: string;
    readonly index: number;
    readonly limit: number;
    readonly asked: WindowAsked;
  },
  ready: Ready,
): TopAnswer => {
  const { definition } = metric;
  const { by, index, limit, asked } = question;
  const { window, trends, expectations, filter, order } = ready;
  const newestMs: EpochMs = session.newestMs();
  const live = session.live(metric);
  const parts = session.view.parts();
  const on = trendMeasure(definition);
  const selection = createSelection(limit, live.keys.keyOf);
  if (order.kind === "measure") {
    order.ranking.select(selection, filter?.ids() ?? null);
  } else {
    order.ranks.select(selection, newestMs, accepts(window, filter));
  }
  const scoreOf = (id: number): number | null =>
    expectations === null
      ? null
      : trendScore(
          trends.map(({ widthMs, range, window: sum }) => {
            const count = sum.rank(id, on);
            return {
              count: Number.isNaN(count) ? 0 : count,
              elapsed: elapsedOf(range, newestMs),
              expectation: expectations.of(live.keys.keyOf(id), widthMs, range),
            };
          }),
        );
  const rows = selection.rows().map(({ id, rank }): TopRow => {
    const values = window.values(id);
    if (values === null) throw new Error("a row's key is not in its window");
    return {
      key: decodeKey(live.keys.keyOf(id), definition.by),
      values,
      score: index >= 0 ? scoreOf(id) : rank,
    };
  });
  const touches = [asked.range, ...trends.map(({ range }) => range)].map((range) =>
    touchOf(live, parts, range),
  );
  const standing = session.standing(
    metric,
    touches.some(({ touched }) => touched),
    {
      overflow: new Set(touches.flatMap(({ overflow }) => [...overflow])),
      missing: [
        ...window.missing,
        ...(expectations?.missing ?? []),
        ...trends.flatMap((trend) => trend.window.missing),
      ],
    },
  );
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
