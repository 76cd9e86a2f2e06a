import type { EpochMs, GroupKey, Missing, ShardId, TimeRange } from "@freshet/model";
import { notFolded } from "../../reader/answer/missing.js";
import type { Standing } from "../../reader/answer/frame.js";
import type { Metric } from "../../reader/catalog.js";
import type { FollowedSession, SessionSource } from "../../reader/follow.js";
import { createLiveView } from "../../reader/live/liveView.js";
import type { ReadSettled, SettledRow } from "../../reader/settled/settledView.js";
import type { Expectations, ReadExpectations } from "../../reader/trend/readExpectations.js";
import { createBoundedCache } from "../../reader/window/boundedCache.js";
import { createPanesByTime } from "./panesByTime.js";
import type { PlainView } from "./plainView.js";
import { type ScoreOf, scoresAt } from "./scores.js";
import { sumWindow, type WindowSum } from "./windowSum.js";

/** Groups held by window sums. */
const WINDOW_GROUPS_MAX = 2_000_000;
/** Rows held for series of one key. */
const SERIES_ROWS_MAX = 500_000;
/** Instants of which it is kept what is normal then, key by key. */
const EXPECTATIONS_MAX = 8;
/** Windows that are reckoned for the next generation before it stands. */
const ASKED_MAX = 12;
/** Even an empty entry weighs something. */
const ENTRY_WEIGHT = 100;

/** The generation's rows of one key, and what of it could not be read. */
export interface SettledRows {
  readonly rows: readonly SettledRow[];
  readonly missing: readonly Missing[];
}

/** A window that is summed, or reckoned to be normal. */
export interface AskedWindow {
  readonly kind: "sum" | "expectations";
  readonly metric: Metric;
  readonly range: TimeRange;
}

/** What is missing from the part of the view that a question is about. */
export interface PartMissing {
  /** Shards of which some groups have no name of their own. */
  readonly overflow: Iterable<ShardId>;
  readonly missing: readonly Missing[];
}

/** One generation with what came after it, and what has been reckoned of both: dropped when the next one stands. */
export interface PlainSession extends FollowedSession {
  readonly view: PlainView;
  windowSum(metric: Metric, range: TimeRange): Promise<WindowSum>;
  /** The generation's rows of one key. */
  settledRows(metric: Metric, range: TimeRange, key: GroupKey): Promise<SettledRows>;
  /** Whether the generation and every segment after its cut fold the definition. */
  folds(hash: string): boolean;
  scores(metric: Metric, endMs: EpochMs, newestMs: EpochMs): Promise<ScoreOf>;
  standing(metric: Metric, touched: boolean, part: PartMissing): Standing;
  /** What was asked last, newest last: the next session reckons it before it stands. */
  asked(): readonly AskedWindow[];
}

const distinct = (missing: readonly Missing[]): readonly Missing[] => [
  ...new Map(missing.map((each) => [JSON.stringify(each), each])).values(),
];

export const createPlainSession = (
  source: SessionSource,
  readers: { readonly readSettled: ReadSettled; readonly readExpectations: ReadExpectations },
): PlainSession => {
  const panes = createPanesByTime(source.measuresOf);
  const view = createLiveView(source.live, panes, source.manifest, source.pointerRevision);
  const sums = createBoundedCache<WindowSum>({
    weightMax: WINDOW_GROUPS_MAX,
    weigh: ({ groups }) => groups.size + ENTRY_WEIGHT,
    drop: (sum) => sum.release(),
    keep: ({ missing }) => missing.length === 0,
  });
  const series = createBoundedCache<SettledRows>({
    weightMax: SERIES_ROWS_MAX,
    weigh: ({ rows }) => rows.length + ENTRY_WEIGHT,
    drop: () => undefined,
    keep: ({ missing }) => missing.length === 0,
  });
  const normal = createBoundedCache<Expectations>({
    weightMax: EXPECTATIONS_MAX,
    weigh: () => 1,
    drop: () => undefined,
    keep: ({ missing }) => missing.length === 0,
  });
  const rangeName = ({ fromMs, toExclusiveMs }: TimeRange): string => `${fromMs}-${toExclusiveMs}`;

  const asked = new Map<string, AskedWindow>();
  const note = (window: AskedWindow): string => {
    const name = `${window.metric.definition.hash} ${rangeName(window.range)}`;
    const noted = `${window.kind} ${name}`;
    asked.delete(noted);
    asked.set(noted, window);
    for (const oldest of asked.keys()) {
      if (asked.size <= ASKED_MAX) break;
      asked.delete(oldest);
    }
    return name;
  };
  const windowSum = (metric: Metric, range: TimeRange): Promise<WindowSum> =>
    sums.get(note({ kind: "sum", metric, range }), () => sumWindow(view, readers.readSettled, metric, range));

  const expectations = (metric: Metric, range: TimeRange): Promise<Expectations> =>
    normal.get(note({ kind: "expectations", metric, range }), () =>
      readers.readExpectations.read(view.manifest, metric, range),
    );

  const session: PlainSession = {
    view,
    prepare: async () => () => undefined,
    tidy: async () => undefined,
    windowSum,
    settledRows: (metric, range, key) =>
      series.get(`${metric.definition.hash} ${rangeName(range)} ${key}`, async () => {
        const rows: SettledRow[] = [];
        const missing = await readers.readSettled(view.manifest, metric, range, key, (row) => rows.push(row));
        return { rows, missing };
      }),
    folds: (hash) => notFolded(view, source.catalog(), hash).length === 0,
    scores: (metric, endMs, newestMs) => scoresAt({ view, windowSum, expectations }, metric, endMs, newestMs),
    standing(metric, touched, part) {
      const { missing, batchThroughMs } = view.reached();
      return {
        batchThroughMs,
        touched,
        missing: [
          ...distinct([...source.generationMissing(), ...part.missing]),
          ...missing,
          ...notFolded(view, source.catalog(), metric.definition.hash),
          ...[...part.overflow].sort().map((shard): Missing => ({ kind: "overflow", shard })),
        ],
      };
    },
    asked: () => [...asked.values()],
    async warm(before) {
      for (const { kind, metric, range } of before.asked()) {
        if (kind === "sum") await windowSum(metric, range);
        else await expectations(metric, range);
      }
    },
    close() {
      sums.clear();
      series.clear();
      normal.clear();
    },
  };
  return session;
};
