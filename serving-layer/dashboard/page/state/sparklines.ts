import { effect, signal } from "@preact/signals";
import type { KeyValues, SeriesAnswer } from "@freshet/model";
import { ask, keyPairs } from "../net/ask.js";
import { durationMs } from "../text/duration.js";
import { top } from "./answers.js";
import { metric } from "./choice.js";
import { seriesStep } from "./step.js";
import { nowMs } from "./clock.js";

const POINTS = 30;
const AGAIN_AFTER_MS = 10_000;
const AT_ONCE = 2;
const KEPT_MAX = 200;

/** The window before the list's own is drawn too, so that a rise can be seen. */
const SPAN_WINDOWS = 2;

interface Kept {
  readonly answer: SeriesAnswer | null;
  readonly askedMs: number;
}

/** Series behind the rows, by key as text. */
export const sparklines = signal<ReadonlyMap<string, SeriesAnswer>>(new Map());
const kept = new Map<string, Kept>();
const waiting: string[] = [];
let running = 0;
let subject = "";

const askOne = async (name: string): Promise<void> => {
  const of = metric.peek();
  const to = top.peek().answer?.covers.to;
  const window = top.peek().answer?.window;
  if (!of || !to || !window) return;
  const spanMs = durationMs(window) * SPAN_WINDOWS;
  const query = new URLSearchParams({
    from: new Date(Date.parse(to) - spanMs).toISOString(),
    to,
    step: seriesStep(of.pane, spanMs, POINTS),
  });
  for (const pair of keyPairs(JSON.parse(name) as KeyValues)) query.append("key", pair);
  const asked = await ask<SeriesAnswer>(`/v1/metrics/${encodeURIComponent(of.name)}/series?${query}`);
  if (asked.kind !== "answer" || asked.answer.metric !== metric.peek()?.name) return;
  kept.set(name, { answer: asked.answer, askedMs: nowMs() });
  sparklines.value = new Map(
    [...kept].flatMap(([key, { answer }]) => (answer ? [[key, answer] as const] : [])),
  );
};

const work = async (): Promise<void> => {
  running++;
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await askOne(name);
  running--;
};

/** Keeps the rows' series fresh enough: a few at a time, each again after a while. */
export const startSparklines = (): void => {
  effect(() => {
    const { answer } = top.value;
    if (!answer) return;
    const about = `${answer.metric} ${answer.window}`;
    if (about !== subject) kept.clear();
    subject = about;
    for (const { key } of answer.rows) {
      const name = JSON.stringify(key);
      const standing = kept.get(name);
      if (standing && nowMs() - standing.askedMs < AGAIN_AFTER_MS) continue;
      kept.delete(name);
      kept.set(name, { answer: standing?.answer ?? null, askedMs: nowMs() });
      if (!waiting.includes(name)) waiting.push(name);
    }
    for (const name of kept.keys()) {
      if (kept.size <= KEPT_MAX) break;
      kept.delete(name);
    }
    while (running < AT_ONCE && waiting.length > running) void work();
  });
};
