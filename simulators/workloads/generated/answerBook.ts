import type { Reason } from "@freshet/model";
import { ARTICLE, CLUSTER } from "../clicks/template.js";
import type { KnownAnswers, WatchedKey } from "../source.js";

/** Keeps the known answers of a generated stream, event by event. */
export interface AnswerBook {
  accept(late: boolean): void;
  acceptView(view: AcceptedView, late: boolean): void;
  duplicate(beyondLive: boolean): void;
  reject(reason: Reason): void;
  answers(): KnownAnswers;
}

export interface AcceptedView {
  readonly timeMs: number;
  readonly dwellMs: number;
  readonly article: number;
  readonly cluster: number;
}

const METRIC = "article-views";
const PANE_MS = 60_000;
/** The most popular articles, by each of the first clusters, are kept pane by pane. */
const WATCHED_ARTICLES = 5;
const WATCHED_CLUSTERS = 4;

interface Pane {
  views: number;
  dwellMs: number;
}

/** By article, then by cluster. */
export const WATCHED: readonly WatchedKey[] = Array.from(
  { length: WATCHED_ARTICLES * WATCHED_CLUSTERS },
  (_, index) => ({
    metric: METRIC,
    key: {
      article: `a${ARTICLE.from + Math.floor(index / WATCHED_CLUSTERS)}`,
      cluster: `c${CLUSTER.from + (index % WATCHED_CLUSTERS)}`,
    },
  }),
);

export const createAnswerBook = (): AnswerBook => {
  const watched = WATCHED.map(() => new Map<number, Pane>());
  const rejected: Partial<Record<Reason, number>> = {};
  const counts = { accepted: 0, duplicates: 0, bad: 0, beyondLive: 0, late: 0 };
  const accept = (isLate: boolean): void => {
    counts.accepted++;
    if (isLate) counts.late++;
  };
  return {
    accept,
    acceptView({ timeMs, dwellMs, article, cluster }, isLate) {
      accept(isLate);
      if (article >= WATCHED_ARTICLES || cluster >= WATCHED_CLUSTERS) return;
      const panes = watched[article * WATCHED_CLUSTERS + cluster] as Map<number, Pane>;
      const at = timeMs - (timeMs % PANE_MS);
      const pane = panes.get(at);
      if (pane) {
        pane.views++;
        pane.dwellMs += dwellMs;
      } else panes.set(at, { views: 1, dwellMs });
    },
    duplicate(beyondLive) {
      counts.duplicates++;
      if (beyondLive) counts.beyondLive++;
    },
    reject(reason) {
      counts.bad++;
      rejected[reason] = (rejected[reason] ?? 0) + 1;
    },
    answers() {
      const { accepted, duplicates, bad, beyondLive, late } = counts;
      const events = accepted + duplicates + bad;
      return {
        ledger: { records: events, events, accepted, duplicates, rejected: { ...rejected } },
        beyondLive,
        late,
        series: watched.map((panes, index) => ({
          ...(WATCHED[index] as WatchedKey),
          points: [...panes]
            .sort(([a], [b]) => a - b)
            .map(([timeMs, pane]) => ({ timeMs, values: { ...pane } })),
        })),
      };
    },
  };
};
