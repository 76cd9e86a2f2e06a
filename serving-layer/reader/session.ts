import type { EpochMs, GroupKey, Missing, ShardId, TimeRange } from "@freshet/model";
import { notFolded } from "./answer/missing.js";
import type { Standing } from "./answer/frame.js";
import type { Catalog, Metric } from "./catalog.js";
import type { LiveView } from "./live/liveView.js";
import type { ReadSettled, SettledRow } from "./settled/settledView.js";
import type { Expectations, ReadExpectations } from "./trend/readExpectations.js";
import { type ScoreOf, scoresAt } from "./trend/scores.js";
import { createBoundedCache } from "./window/boundedCache.js";
import { sumWindow, type WindowSum } from "./window/windowSum.js";

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
export interface Session {
  readonly view: LiveView;
  windowSum(metric: Metric, range: TimeRange): Promise<WindowSum>;
  /** The generation's rows of one key. */
  settledRows(metric: Metric, range: TimeRange, key: GroupKey): Promise<SettledRows>;
  /** Whether the generation and every segment after its cut fold the definition. */
  folds(hash: string): boolean;
  /** What is normal for the metric's keys, less the windows of the range. */
  expectations(metric: Metric, asked: TimeRange): Promise<Expectations>;
  scores(metric: Metric, endMs: EpochMs, newestMs: EpochMs): Promise<ScoreOf>;
  standing(metric: Metric, touched: boolean, part: PartMissing): Standing;
  /** What was asked last, newest last: the next session reckons it before it stands. */
  asked(): readonly AskedWindow[];
  warm(windows: readonly AskedWindow[]): Promise<void>;
  close(): void;
}

const distinct = (missing: readonly Missing[]): readonly Missing[] => [
  ...new Map(missing.map((each) => [JSON.stringify(each), each])).values(),
];

export const createSession = (source: {
  readonly view: LiveView;
  readonly catalog: () => Catalog;
  readonly readSettled: ReadSettled;
  readonly readExpectations: ReadExpectations;
  /** A generation that should be there and cannot be read. */
  readonly generationMissing: () => readonly Missing[];
}): Session => {
  const { view } = source;
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
    sums.get(note({ kind: "sum", metric, range }), () => sumWindow(view, source.readSettled, metric, range));

  const expectations = (metric: Metric, range: TimeRange): Promise<Expectations> =>
    normal.get(note({ kind: "expectations", metric, range }), () =>
      source.readExpectations(view.manifest, metric, range),
    );

  return {
    view,
    windowSum,
    expectations,
    settledRows: (metric, range, key) =>
      series.get(`${metric.definition.hash} ${rangeName(range)} ${key}`, async () => {
        const rows: SettledRow[] = [];
        const missing = await source.readSettled(view.manifest, metric, range, key, (row) => rows.push(row));
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
    async warm(windows) {
      for (const { kind, metric, range } of windows) {
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
};
