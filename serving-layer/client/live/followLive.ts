import type { Problem } from "../answers.js";
import { ProblemError, readProblem } from "../problem.js";
import { systemRandom } from "../random.js";
import { backOffMs } from "./backOff.js";
import { applyChange, type LiveChange } from "./change.js";
import { createEventParser } from "./parseEvents.js";

/** More than twice the server's heartbeat: a line that is silent for longer is dead. */
const SILENT_AFTER_MS = 40_000;
const OVERLOADED = new Set([408, 425, 429]);

/** Asking again would give the same. */
const isLasting = (status: number): boolean => status < 500 && !OVERLOADED.has(status);

export interface LiveSource {
  /** Of `GET /v1/live`, with its question. */
  readonly address: string;
  /** Asked at each attempt. */
  readonly headers: () => Readonly<Record<string, string>>;
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** A number from 0 to 1, for the time between attempts. */
  readonly random?: (() => number) | undefined;
}

export interface LiveListener<Answer> {
  /** The whole answer, whenever it is other than before. */
  answer(answer: Answer): void;
  /** Connected; the answer that is held is current, if none comes with it. */
  open?(): void;
  /** The line is gone; it is tried again by itself, and resumed. */
  lost?(): void;
  /** The question is refused: asking again would not help. Nothing more comes. */
  refused(problem: ProblemError): void;
}

interface Held<Answer> {
  readonly id: string;
  readonly answer: Answer;
}

/**
 * Follows a live question over fetch, which unlike EventSource can carry a key. A broken line is opened again after a
 * while, and goes on from the answer that is held. Returns how to stop.
 */
export const followLive = <Answer extends object>(
  source: LiveSource,
  listener: LiveListener<Answer>,
): (() => void) => {
  const { address, headers, fetch = globalThis.fetch, random = systemRandom } = source;
  let held: Held<Answer> | null = null;
  let stopped = false;
  let failures = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let attempt = new AbortController();

  const refuse = (problem: ProblemError): void => {
    stopped = true;
    listener.refused(problem);
  };

  const take = (id: string | null, event: string, data: string): void => {
    const value: unknown = JSON.parse(data);
    if (event === "problem") {
      if (isLasting((value as Problem).status)) return refuse(new ProblemError(value as Problem));
      throw new Error("the question cannot be answered now");
    }
    if (event === "answer") held = { id: id ?? "", answer: value as Answer };
    else {
      const change = value as LiveChange;
      if (held?.id !== change.of) {
        held = null;
        throw new Error("a change of an answer that is not held");
      }
      held = { id: id ?? "", answer: applyChange(held.answer, change) };
    }
    failures = 0;
    listener.answer(held.answer);
  };

  const read = async (response: Response, heard: () => void): Promise<void> => {
    const parse = createEventParser();
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || stopped) return;
      heard();
      for (const { id, event, data } of parse(decoder.decode(value, { stream: true }))) {
        if (!stopped) take(id, event, data);
      }
    }
  };

  /** How long the server wants to be left alone. */
  const once = async (signal: AbortSignal, heard: () => void): Promise<number> => {
    const resuming = held === null ? {} : { "last-event-id": held.id };
    const response = await fetch(address, {
      headers: { accept: "text/event-stream", ...headers(), ...resuming },
      signal,
    });
    if (!response.ok) {
      const problem = await readProblem(response);
      if (!stopped && isLasting(response.status)) refuse(problem);
      return problem.retryAfterMs ?? 0;
    }
    if (!stopped) {
      listener.open?.();
      await read(response, heard);
    }
    return 0;
  };

  const connect = async (): Promise<void> => {
    attempt = new AbortController();
    const { signal } = attempt;
    const abort = attempt.abort.bind(attempt);
    let silent: ReturnType<typeof setTimeout> | undefined;
    const heard = (): void => {
      clearTimeout(silent);
      silent = setTimeout(abort, SILENT_AFTER_MS);
    };
    let leastMs = 0;
    try {
      heard();
      leastMs = await once(signal, heard);
    } catch {
      // Whatever broke the line, the way on is the same: it is opened again.
    } finally {
      clearTimeout(silent);
      abort();
    }
    if (stopped) return;
    listener.lost?.();
    retry = setTimeout(() => void connect(), backOffMs(++failures, random(), leastMs));
  };

  void connect();
  return () => {
    stopped = true;
    clearTimeout(retry);
    attempt.abort();
  };
};
