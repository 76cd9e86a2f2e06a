import { effect, signal } from "@preact/signals";
import type { KeyValues, SeriesAnswer, ValueAnswer } from "@freshet/model";
import { keyPairs } from "../net/ask.js";
import { seriesStep } from "../state/step.js";
import { durationMs } from "../text/duration.js";
import { keepAnswers } from "./kept.js";
import { metric } from "./question.js";
import { shown } from "./shown.js";

const POINTS = 30;
const SPARKLINE_AGAIN_MS = 10_000;
const BEFORE_AGAIN_MS = 60_000;

/** The window before the list's own is drawn too, so that a rise can be seen. */
export const SPAN_WINDOWS = 2;

const withKey = (query: URLSearchParams, name: string): URLSearchParams => {
  for (const pair of keyPairs(JSON.parse(name) as KeyValues)) query.append("key", pair);
  return query;
};

/** Series behind the rows, by key as text. */
export const sparklines = keepAnswers<SeriesAnswer>({
  againAfterMs: SPARKLINE_AGAIN_MS,
  pathOf(name) {
    const of = metric.peek();
    const answer = shown.peek();
    if (!of || !answer) return null;
    const { to } = answer.covers;
    const spanMs = durationMs(answer.window) * SPAN_WINDOWS;
    const query = new URLSearchParams({
      from: new Date(Date.parse(to) - spanMs).toISOString(),
      to,
      step: seriesStep(of.pane, spanMs, POINTS),
    });
    return `/v1/metrics/${encodeURIComponent(of.name)}/series?${withKey(query, name)}`;
  },
});

/** Each row's values in the window before the list's own. */
export const before = keepAnswers<ValueAnswer>({
  againAfterMs: BEFORE_AGAIN_MS,
  pathOf(name) {
    const answer = shown.peek();
    if (!answer) return null;
    const query = new URLSearchParams({ window: answer.window, at: answer.covers.from });
    return `/v1/metrics/${encodeURIComponent(answer.metric)}/value?${withKey(query, name)}`;
  },
});

/** Rows that are in view: only of these more is asked. */
export const rowsInView = signal<readonly string[]>([]);

effect(() => {
  const answer = shown.value;
  if (!answer) return;
  const rows = new Set(answer.rows.map(({ key }) => JSON.stringify(key)));
  const names = rowsInView.value.filter((name) => rows.has(name));
  const subject = `${answer.metric} ${answer.window}`;
  sparklines.want(subject, "", names);
  before.want(subject, answer.covers.from, names);
});
