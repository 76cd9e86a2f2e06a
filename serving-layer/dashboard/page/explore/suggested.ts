import { computed, effect, signal } from "@preact/signals";
import type { KeyValues, TopAnswer } from "@freshet/model";
import { ask } from "../net/ask.js";
import { parameter, route } from "../route/route.js";
import { metricNamed } from "../state/server.js";
import { windowOf } from "../state/windows.js";

const KEYS_SUGGESTED = 500;
const AGAIN_AFTER_MS = 5_000;

const asked = parameter("explore", "metric");
const metric = computed(() => (route.value.page === "explore" ? metricNamed(asked.value) : null));
const topPath = computed(() => {
  if (!metric.value) return null;
  const query = new URLSearchParams({
    window: windowOf(metric.value, "24h"),
    limit: String(KEYS_SUGGESTED),
  });
  return `/v1/metrics/${encodeURIComponent(metric.value.name)}/top?${query}`;
});

/** Keys of the last day, the first of the list first: what is likely to be looked at. */
export const suggested = signal<readonly KeyValues[]>([]);

effect(() => {
  const path = topPath.value;
  suggested.value = [];
  if (path === null) return undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const attempt = new AbortController();
  const askNow = async (): Promise<void> => {
    const answered = await ask<TopAnswer>(path, attempt.signal);
    if (attempt.signal.aborted) return;
    if (answered.kind === "answer") suggested.value = answered.answer.rows.map(({ key }) => key);
    if (suggested.peek().length === 0) timer = setTimeout(() => void askNow(), AGAIN_AFTER_MS);
  };
  void askNow();
  return () => {
    clearTimeout(timer);
    attempt.abort();
  };
});
