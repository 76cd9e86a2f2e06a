import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { ask, type Problem } from "../net/ask.js";
import { nowMs } from "./clock.js";
import { pageHidden } from "./hidden.js";

/** A question that is asked again and again: the last answer stays while the server is gone. */
export interface Polled<Answer> {
  readonly answer: Answer | null;
  readonly problem: Problem | null;
  readonly unreachable: boolean;
  readonly heardMs: number | null;
}

export interface Polling<Answer> {
  readonly polled: ReadonlySignal<Polled<Answer>>;
  /** Asks at once: something was changed. */
  again(): void;
  stop(): void;
}

const NOTHING = { answer: null, problem: null, unreachable: false, heardMs: null } as const;

/** @param path what is asked; another path forgets the last answer */
export const poll = <Answer>(path: string, everyMs: number): Polling<Answer> => {
  const polled = signal<Polled<Answer>>(NOTHING);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = new AbortController();
  const askNow = async (): Promise<void> => {
    clearTimeout(timer);
    attempt.abort();
    attempt = new AbortController();
    const { signal: mine } = attempt;
    const asked = await ask<Answer>(path, mine);
    if (mine.aborted) return;
    const standing = polled.peek();
    polled.value =
      asked.kind === "answer"
        ? { answer: asked.answer, problem: null, unreachable: false, heardMs: nowMs() }
        : asked.kind === "problem"
          ? { ...standing, problem: asked.problem, unreachable: false }
          : { ...standing, unreachable: true };
    timer = setTimeout(() => void askNow(), everyMs);
  };
  const unwatch = effect(() => {
    if (pageHidden.value) clearTimeout(timer);
    else void askNow();
  });
  return {
    polled,
    again: () => void askNow(),
    stop() {
      unwatch();
      clearTimeout(timer);
      attempt.abort();
    },
  };
};

/** `poll` for as long as a component is shown and asks the same. */
export const usePolled = <Answer>(path: string, everyMs: number): Polling<Answer> => {
  const polling = useMemo(() => poll<Answer>(path, everyMs), [path, everyMs]);
  useEffect(() => polling.stop, [polling]);
  return polling;
};
