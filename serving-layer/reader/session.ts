import {
  type EpochMs,
  type GroupKey,
  type Missing,
  paneStart,
  type ShardId,
  slotOf,
  type TimeRange,
} from "@freshet/model";
import { notFolded } from "./answer/missing.js";
import type { Standing } from "./answer/frame.js";
import { newestEvent } from "./answer/status.js";
import type { Metric } from "./catalog.js";
import type { FollowedSession, SessionSource } from "./follow.js";
import { createLivePanes, type LiveMetric, type LivePanes } from "./live/livePanes.js";
import { createLiveView, type LiveView } from "./live/liveView.js";
import type { Parts } from "./question/key.js";
import { newestWindow } from "./question/range.js";
import { createFilter, type Filter } from "./rank/filter.js";
import { createScoreRanks, type ScoredWindow, type ScoreRanks } from "./rank/scoreRanks.js";
import type { TakeStates } from "./settled/dayIndex.js";
import type { DayIndexes } from "./settled/dayIndexes.js";
import { daysOf, type ReadKey } from "./settled/readKey.js";
import type { ReadSettled } from "./settled/settledView.js";
import type { Expectations, ReadExpectations } from "./trend/readExpectations.js";
import type { StartTurns } from "./turns.js";
import { trendMeasure } from "./trend/trendWindows.js";
import { createBoundedCache } from "./window/boundedCache.js";
import { openWindow, type Window } from "./window/window.js";
import { createWindows, type WindowName } from "./window/windows.js";

/** Instants of which it is kept what is normal then. */
const EXPECTATIONS_MAX = 8;
const FILTERS_MAX = 16;
const SCORE_RANKS_MAX = 8;

/** What is missing from the part of the view that a question is about. */
export interface PartMissing {
  /** Shards of which some groups have no name of their own. */
  readonly overflow: Iterable<ShardId>;
  readonly missing: readonly Missing[];
}

interface Kept {
  readonly filters: readonly { readonly metric: Metric; readonly wanted: Parts }[];
  readonly windows: readonly { readonly name: WindowName; readonly ranked: readonly number[] }[];
  readonly spans: readonly { readonly metric: Metric; readonly range: TimeRange }[];
}

/** One generation with what came after it, and what is kept up of both. */
export interface Session extends FollowedSession {
  readonly view: LiveView<LivePanes>;
  /** The time of the newest event; now before any. */
  newestMs(): EpochMs;
  live(metric: Metric): LiveMetric;
  readKey(metric: Metric, range: TimeRange, key: GroupKey, take: TakeStates): Promise<readonly Missing[]>;
  /** May be behind the newest events, until the next commit. */
  window(name: WindowName): Promise<Window>;
  /** After what is read next stands. */
  committed(): Promise<void>;
  filter(metric: Metric, wanted: Parts): Promise<Filter>;
  /** What is normal in windows within a range. */
  expectations(metric: Metric, range: TimeRange): Promise<Expectations>;
  /** @param moves the windows do: what was reckoned is good for as long as `holds` says */
  scoreRanks(
    metric: Metric,
    windows: readonly ScoredWindow[],
    expectations: Expectations,
    moves: boolean,
  ): Promise<ScoreRanks>;
  /** Whether the generation and every segment after its cut fold the definition. */
  folds(hash: string): boolean;
  standing(metric: Metric, touched: boolean, part: PartMissing): Standing;
  kept(): Kept;
}

/** What sessions share. */
export interface Readers {
  readonly indexes: DayIndexes;
  readonly readSettled: ReadSettled;
  readonly readKey: ReadKey;
  readonly expectations: ReadExpectations;
  /** Turns of work for which nobody waits. */
  readonly startRestfulTurns: StartTurns;
}

const distinct = (missing: readonly Missing[]): readonly Missing[] => [
  ...new Map(missing.map((each) => [JSON.stringify(each), each])).values(),
];

/** A map that forgets what was asked for longest ago. */
const recent = <Value>(sizeMax: number, drop: (value: Value) => void) => {
  const values = new Map<string, Value>();
  return {
    get: (name: string): Value | undefined => values.get(name),
    set(name: string, value: Value): void {
      values.delete(name);
      values.set(name, value);
      for (const [oldest, old] of values) {
        if (values.size <= sizeMax) return;
        values.delete(oldest);
        drop(old);
      }
    },
    values: () => [...values.values()],
  };
};

export const createSession = (source: SessionSource, readers: Readers): Session => {
  const { manifest, catalog } = source;
  const { now, startTurns } = source.live;
  const { startRestfulTurns } = readers;
  const panes = createLivePanes(source.measuresOf);
  const view = createLiveView(source.live, panes, manifest, source.pointerRevision);
  const live = (metric: Metric): LiveMetric => panes.of(metric.definition.hash);
  const newestMs = (): EpochMs => newestEvent(view) ?? now();

  const windows = createWindows(({ metric, windowMs, range: fixed }, range, stand) => {
    const { keys } = live(metric);
    // Days are put into memory for windows that move: what leaves them is looked up there.
    const days = (within: TimeRange) => daysOf(readers.indexes, manifest, metric, within);
    return openWindow(
      {
        live: live(metric),
        parts: () => view.parts(),
        startTurns,
        startRestfulTurns,
        nextRange: ({ toExclusiveMs }) =>
          fixed === null ? newestWindow(metric.definition, windowMs, toExclusiveMs) : null,
        daysOf: days,
        async readSettled(within, take) {
          const found = fixed === null ? await days(within) : null;
          if (found === null) {
            return readers.readSettled(manifest, metric, within, null, ({ key, states }) =>
              take(keys.idOf(key), states),
            );
          }
          const turns = startTurns();
          for (const day of found) {
            for (const key of day.keysIn(within)) {
              if (key !== null) {
                const id = keys.idOf(key);
                day.rowsOf(key, within, (_paneMs, states) => take(id, states));
              }
              if (turns.due()) await turns.next();
            }
          }
          return [];
        },
      },
      metric,
      range,
      stand,
    );
  }, now);
  const normal = createBoundedCache<Expectations>({
    weightMax: EXPECTATIONS_MAX,
    weigh: () => 1,
    drop: () => undefined,
    keep: ({ missing }) => missing.length === 0,
  });
  const spans = recent<{ readonly metric: Metric; readonly range: TimeRange }>(
    EXPECTATIONS_MAX,
    () => undefined,
  );
  const filters = recent<{ readonly metric: Metric; readonly wanted: Parts; readonly filter: Filter }>(
    FILTERS_MAX,
    () => undefined,
  );
  const scores = recent<Promise<ScoreRanks>>(SCORE_RANKS_MAX, (dropped) => {
    void dropped.then(
      (ranks) => ranks.release(),
      () => undefined,
    );
  });

  const session: Session = {
    view,
    newestMs,
    live,
    readKey: (metric, range, key, take) => readers.readKey(manifest, metric, range, key, take),
    window: (name) => windows.get(name, newestMs()),
    committed: () => windows.committed(),
    async filter(metric, wanted) {
      const name = `${metric.definition.hash} ${JSON.stringify([...wanted])}`;
      const filter = filters.get(name)?.filter ?? createFilter(live(metric).keys, wanted, startTurns);
      filters.set(name, { metric, wanted, filter });
      await filter.prepare();
      return filter;
    },
    expectations(metric, range) {
      const name = `${metric.definition.hash} ${readers.expectations.nameOf(manifest, metric, range)}`;
      spans.set(metric.definition.hash, { metric, range });
      return normal.get(name, () => readers.expectations.read(manifest, metric, range));
    },
    async scoreRanks(metric, scored, expectations, moves) {
      const { definition } = metric;
      const { paneMs, timeZone } = definition;
      const instants = moves ? [] : scored.map(({ window }) => window.range().fromMs);
      const name = `${definition.hash} ${instants.join(" ")}`;
      const known = await scores.get(name)?.catch(() => undefined);
      if (known?.holds(scored, expectations, newestMs())) {
        await known.prepare();
        return known;
      }
      const { keys } = live(metric);
      const made = createScoreRanks(
        {
          on: trendMeasure(definition),
          size: () => keys.size,
          keyOf: keys.keyOf,
          slotOf: ({ fromMs }) => slotOf(fromMs, timeZone),
          startTurns,
        },
        scored,
        expectations,
        ({ toExclusiveMs }) => paneStart((toExclusiveMs - 1) as EpochMs, paneMs, timeZone),
        newestMs(),
      );
      known?.release();
      scores.set(name, made);
      return made;
    },
    folds: (hash) => notFolded(view, catalog(), hash).length === 0,
    standing(metric, touched, part) {
      const { missing, batchThroughMs } = view.reached();
      return {
        batchThroughMs,
        touched,
        missing: [
          ...distinct([...source.generationMissing(), ...part.missing]),
          ...missing,
          ...notFolded(view, catalog(), metric.definition.hash),
          ...[...part.overflow].sort().map((shard): Missing => ({ kind: "overflow", shard })),
        ],
      };
    },
    kept: () => ({ filters: filters.values(), windows: windows.names(), spans: spans.values() }),
    async prepare(next) {
      const newest = newestEvent(next) ?? now();
      await windows.prepare(next.parts, newest);
      return () => windows.commit(next.parts, newest);
    },
    tidy: () => windows.tidy(),
    async warm(before) {
      const kept = before.kept();
      for (const { name, ranked } of kept.windows) {
        const window = await session.window(name);
        for (const index of ranked) await window.ranking(index);
      }
      for (const { metric, range } of kept.spans) await session.expectations(metric, range);
      for (const { metric, wanted } of kept.filters) await session.filter(metric, wanted);
    },
    close() {
      windows.close();
      normal.clear();
    },
  };
  return session;
};
