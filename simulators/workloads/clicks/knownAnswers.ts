import type { LedgerCounts, Reason } from "@freshet/model";

/** What must come of the events of a click stream. */
export interface ClickAnswers {
  /** As if each event were a log record of its own. */
  readonly ledger: LedgerCounts;
  /** Accepted ones that arrived long after they happened. */
  readonly late: number;
  /** The accepted views by minute in which they happened. */
  readonly panes: ReadonlyMap<number, ClickPane>;
}

export interface ClickPane {
  readonly views: number;
  readonly dwellMs: number;
}

/** Keeps the known answers of a stream, event by event. */
export interface AnswerBook {
  accept(late: boolean): void;
  acceptView(timeMs: number, dwellMs: number, late: boolean): void;
  duplicate(): void;
  reject(reason: Reason): void;
  answers(): ClickAnswers;
}

const PANE_MS = 60_000;

export const createAnswerBook = (): AnswerBook => {
  const panes = new Map<number, { views: number; dwellMs: number }>();
  const rejected: Partial<Record<Reason, number>> = {};
  let accepted = 0;
  let late = 0;
  let duplicates = 0;
  let bad = 0;
  let paneMs = Number.NaN;
  let pane = { views: 0, dwellMs: 0 };
  const accept = (isLate: boolean): void => {
    accepted++;
    if (isLate) late++;
  };
  return {
    accept,
    acceptView(timeMs, dwellMs, isLate) {
      accept(isLate);
      const at = timeMs - (timeMs % PANE_MS);
      if (at !== paneMs) {
        paneMs = at;
        pane = panes.get(at) ?? { views: 0, dwellMs: 0 };
        panes.set(at, pane);
      }
      pane.views++;
      pane.dwellMs += dwellMs;
    },
    duplicate() {
      duplicates++;
    },
    reject(reason) {
      rejected[reason] = (rejected[reason] ?? 0) + 1;
      bad++;
    },
    answers() {
      const events = accepted + duplicates + bad;
      return {
        ledger: { records: events, events, accepted, duplicates, rejected: { ...rejected } },
        late,
        panes: new Map([...panes].sort(([a], [b]) => a - b).map(([at, counts]) => [at, { ...counts }])),
      };
    },
  };
};
