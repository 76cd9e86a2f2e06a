import type { EventSource, KnownAnswers } from "../source.js";
import { knownLedger } from "./knownAnswers.js";
import type { SimulatedEvent } from "./slots.js";
import { newsWorkload } from "./workload.js";

export interface NewsSourceOptions {
  readonly seed: number;
  readonly fromMs: number;
  readonly durationMs: number;
  /** Daily reading; breaking stories come on top. */
  readonly eventsPerSecond: number;
}

const METRIC = "articles";
const SLOT_MS = 100;
const PANE_MS = 60_000;
const EVENT_BYTES_MAX = 1_024;
const WATCHED_KEYS = 20;

const answersOf = (sent: readonly SimulatedEvent[]): KnownAnswers => {
  const byArticle = new Map<string, Map<number, number>>();
  const totals = new Map<string, number>();
  for (const { kind, event } of sent) {
    if (kind !== "view" && kind !== "late") continue;
    const article = String(event["article"]);
    const timeMs = Date.parse(event.time);
    const pane = timeMs - (timeMs % PANE_MS);
    const panes = byArticle.get(article) ?? new Map<number, number>();
    byArticle.set(article, panes.set(pane, (panes.get(pane) ?? 0) + 1));
    totals.set(article, (totals.get(article) ?? 0) + 1);
  }
  const mostRead = [...totals].sort(([, a], [, b]) => b - a).slice(0, WATCHED_KEYS);
  return {
    ledger: knownLedger(sent),
    beyondLive: sent.filter(({ kind }) => kind === "far_duplicate").length,
    late: sent.filter(({ kind }) => kind === "late").length,
    series: mostRead.map(([article]) => ({
      metric: METRIC,
      key: { article },
      points: [...(byArticle.get(article) ?? [])]
        .sort(([a], [b]) => a - b)
        .map(([timeMs, views]) => ({ timeMs, values: { views } })),
    })),
  };
};

/** The news site's live stream; it keeps what it sent, so it is for thousands of events a second and minutes. */
export const createNewsSource = ({
  seed,
  fromMs,
  durationMs,
  eventsPerSecond,
}: NewsSourceOptions): EventSource => {
  const stream = newsWorkload({ seed }).live(fromMs, { eventsPerSecond });
  const sent: SimulatedEvent[] = [];
  const encoder = new TextEncoder();
  let waiting: readonly SimulatedEvent[] = [];
  let place = 0;
  let readThroughMs = 0;
  const fill = (): void => {
    while (place === waiting.length && readThroughMs < durationMs) {
      readThroughMs += SLOT_MS;
      waiting = stream
        .next(fromMs + readThroughMs)
        .filter(({ arrivalMs }) => arrivalMs < fromMs + durationMs);
      place = 0;
    }
  };
  fill();
  return {
    eventBytesMax: EVENT_BYTES_MAX,
    partitionKey: null,
    get dueMs() {
      const next = waiting[place];
      return next ? next.arrivalMs - fromMs : Number.POSITIVE_INFINITY;
    },
    write(bytes, at) {
      const next = waiting[place++] as SimulatedEvent;
      sent.push(next);
      fill();
      return at + encoder.encodeInto(JSON.stringify(next.event), bytes.subarray(at)).written;
    },
    answers: () => answersOf(sent),
  };
};
