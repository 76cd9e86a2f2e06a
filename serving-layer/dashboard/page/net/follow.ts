import { type Problem, readProblem, requestHeaders } from "./ask.js";
import { createEventParser } from "./parseEvents.js";

/** Twice the server's heartbeat, and a little more: a line that is silent for longer is dead. */
const SILENT_AFTER_MS = 40_000;
const RETRY_FIRST_MS = 1_000;
const RETRY_LAST_MS = 8_000;

export interface Follower<Answer> {
  answer(answer: Answer): void;
  /** Connected; the answer that is held is current, if none came with it. */
  open(): void;
  /** The line is gone; it is tried again by itself. */
  lost(): void;
  /** The question is refused: asking again would not help. */
  refused(problem: Problem): void;
}

/** Follows a live question by server-sent events over fetch, which can carry a key. Returns how to stop. */
export const follow = <Answer>(path: string, follower: Follower<Answer>): (() => void) => {
  let lastId: string | null = null;
  let stopped = false;
  let retryMs = RETRY_FIRST_MS;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let attempt = new AbortController();

  const read = async (response: Response, watch: () => void): Promise<void> => {
    const parse = createEventParser();
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      watch();
      for (const { id, event, data } of parse(decoder.decode(value, { stream: true }))) {
        if (event === "problem") throw new Error("the question can no longer be answered");
        lastId = id;
        follower.answer(JSON.parse(data) as Answer);
      }
    }
  };

  const connect = async (): Promise<void> => {
    attempt = new AbortController();
    const { signal } = attempt;
    let silent: ReturnType<typeof setTimeout> | undefined;
    const watch = (): void => {
      clearTimeout(silent);
      silent = setTimeout(() => attempt.abort(), SILENT_AFTER_MS);
    };
    try {
      watch();
      const headers = { ...requestHeaders(), ...(lastId === null ? {} : { "last-event-id": lastId }) };
      const response = await fetch(path, { headers, signal });
      if (!response.ok) {
        const problem = await readProblem(response);
        if (response.status < 500) {
          stopped = true;
          follower.refused(problem);
        }
        return;
      }
      retryMs = RETRY_FIRST_MS;
      follower.open();
      await read(response, watch);
    } catch {
      // Whatever broke the line, the way on is the same: it is opened again.
    } finally {
      clearTimeout(silent);
      if (!stopped) {
        follower.lost();
        retry = setTimeout(() => void connect(), retryMs);
        retryMs = Math.min(RETRY_LAST_MS, retryMs * 2);
      }
    }
  };

  void connect();
  return () => {
    stopped = true;
    clearTimeout(retry);
    attempt.abort();
  };
};
