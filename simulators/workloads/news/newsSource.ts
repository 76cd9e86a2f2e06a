import type { EventSource, KnownAnswers, WatchedKey } from "../source.js";
import { knownLedger } from "./knownAnswers.js";
import type { Site } from "./site.js";
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

/** The articles that are read most on any day. */
export const watchedNews = ({ standing }: Site): readonly WatchedKey[] =>
  standing.slice(0, WATCHED_KEYS).map(({ slug }) => ({ metric: METRIC, key: { article: slug } }));

const answersOf = (site: Site, sent: readonly SimulatedEvent[]): KnownAnswers => {
  const watched = watchedNews(site);
  const panesOf = new Map(watched.map(({ key }) => [key["article"], new Map<number, number>()]));
  for (const { kind, event } of sent) {
    const panes = panesOf.get(event["article"] ?? null);
    if (!panes || (kind !== "view" && kind !== "late")) continue;
    const timeMs = Date.parse(event.time);
    const pane = timeMs - (timeMs % PANE_MS);
    panes.set(pane, (panes.get(pane) ?? 0) + 1);
  }
  return {
    ledger: knownLedger(sent),
    beyondLive: sent.filter(({ kind }) => kind === "far_duplicate").length,
    late: sent.filter(({ kind }) => kind === "late").length,
    series: watched.map(({ metric, key }) => ({
      metric,
      key,
      points: [...(panesOf.get(key["article"] ?? null) ?? [])]
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
  const { site, live } = newsWorkload({ seed });
  const stream = live(fromMs, { eventsPerSecond });
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
    answers: () => answersOf(site, sent),
  };
};
