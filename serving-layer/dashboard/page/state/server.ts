import { computed, effect, signal, untracked } from "@preact/signals";
import type { MetricSummary } from "../../../reader/metricSummary.js";
import type { StatusAnswer } from "../../../reader/reader.js";
import { ask, type Problem } from "../net/ask.js";
import { pageHidden } from "./hidden.js";

const STATUS_EVERY_MS = 1_000;
const METRICS_EVERY_MS = 10_000;
const METRICS_RETRY_MS = 2_000;
/** Answers that are older are called behind. */
export const BEHIND_MS = 5_000;

export const status = signal<StatusAnswer | null>(null);
export const metrics = signal<readonly MetricSummary[] | null>(null);
/** Why nothing can be shown: no server, or a refusal. */
export const trouble = signal<Problem | "unreachable" | null>(null);
/** The server is there, and does not tell its status. */
export const refusal = computed<Problem | null>(() =>
  trouble.value === "unreachable" ? null : trouble.value,
);

/** Asks for the status and for what can be asked, again and again. */
export const startAsking = (): void => {
  const askStatus = async (): Promise<void> => {
    if (!pageHidden.value) {
      const asked = await ask<StatusAnswer>("/v1/status");
      if (asked.kind === "answer") status.value = asked.answer;
      trouble.value =
        asked.kind === "answer" ? null : asked.kind === "problem" ? asked.problem : "unreachable";
    }
    setTimeout(() => void askStatus(), STATUS_EVERY_MS);
  };
  const askMetrics = async (): Promise<void> => {
    if (!pageHidden.value) {
      const asked = await ask<{ readonly metrics: readonly MetricSummary[] }>("/v1/metrics");
      if (asked.kind === "answer" && JSON.stringify(asked.answer.metrics) !== JSON.stringify(metrics.value)) {
        metrics.value = asked.answer.metrics;
      }
    }
    const waitMs = (metrics.value ?? []).length === 0 ? METRICS_RETRY_MS : METRICS_EVERY_MS;
    setTimeout(() => void askMetrics(), waitMs);
  };
  void askStatus();
  void askMetrics();
};

/** The metric of a name; a name that is not there falls back to the first. */
export const metricNamed = (name: string | null): MetricSummary | null => {
  const all = metrics.value ?? [];
  return all.find((metric) => metric.name === name) ?? all[0] ?? null;
};

/** Calls back with each status that comes from now on. */
export const whenAnswered = (answered: () => void): (() => void) => {
  const standing = status.peek();
  return effect(() => {
    if (status.value !== standing) untracked(answered);
  });
};
