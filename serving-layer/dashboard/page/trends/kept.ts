import { type ReadonlySignal, signal } from "@preact/signals";
import { ask } from "../net/ask.js";
import { nowMs } from "../state/clock.js";

const AT_ONCE = 2;
const KEPT_MAX = 1_000;

/** Answers about the rows of a list, by the row's key as text: each asked again after a while, a few at a time. */
export interface Kept<Answer> {
  readonly answers: ReadonlySignal<ReadonlyMap<string, Answer>>;
  /** What is wanted now: another edition asks all again, another subject also forgets what was answered. */
  want(subject: string, edition: string, names: readonly string[]): void;
}

export const keepAnswers = <Answer>(options: {
  readonly pathOf: (name: string) => string | null;
  readonly againAfterMs: number;
}): Kept<Answer> => {
  const answers = signal<ReadonlyMap<string, Answer>>(new Map());
  const askedMs = new Map<string, number>();
  const waiting: string[] = [];
  let running = 0;
  let subject = "";
  let edition = "";

  const askOne = async (name: string): Promise<void> => {
    const about = subject;
    const path = options.pathOf(name);
    if (path === null) return;
    const asked = await ask<Answer>(path);
    if (asked.kind !== "answer" || about !== subject) return;
    const next = new Map(answers.value).set(name, asked.answer);
    for (const oldest of next.keys()) {
      if (next.size <= KEPT_MAX) break;
      next.delete(oldest);
      askedMs.delete(oldest);
    }
    answers.value = next;
  };
  const work = async (): Promise<void> => {
    running++;
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await askOne(name);
    running--;
  };

  return {
    answers,
    want(about, which, names) {
      if (about !== subject && answers.peek().size > 0) answers.value = new Map();
      if (about !== subject || which !== edition) {
        subject = about;
        edition = which;
        askedMs.clear();
        waiting.length = 0;
      }
      for (const name of names) {
        if (nowMs() - (askedMs.get(name) ?? Number.NEGATIVE_INFINITY) < options.againAfterMs) continue;
        askedMs.set(name, nowMs());
        if (!waiting.includes(name)) waiting.push(name);
      }
      while (running < AT_ONCE && waiting.length > 0) void work();
    },
  };
};
