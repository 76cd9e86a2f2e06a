import type { ProblemError } from "../problem.js";

export interface LatestListener<Answer> {
  answer(answer: Answer): void;
  refused(problem: ProblemError): void;
}

interface Turn<Answer> {
  resolve(result: IteratorResult<Answer, undefined>): void;
  reject(reason: unknown): void;
}

const iterate = <Answer>(
  start: (listener: LatestListener<Answer>) => () => void,
  signal: AbortSignal | undefined,
): AsyncIterator<Answer, undefined> => {
  let newest: { readonly answer: Answer } | null = null;
  let end: { readonly reason: unknown } | "done" | null = null;
  const turns: Turn<Answer>[] = [];

  const give = (): void => {
    while (turns.length > 0 && (newest || end)) {
      const turn = turns.shift();
      if (newest) turn?.resolve({ value: newest.answer, done: false });
      else if (end === "done" || end === null) turn?.resolve({ value: undefined, done: true });
      else {
        turn?.reject(end.reason);
        end = "done";
      }
      newest = null;
    }
  };
  const finish = (how: typeof end): void => {
    signal?.removeEventListener("abort", abort);
    stop();
    end ??= how;
    give();
  };
  const abort = (): void => {
    newest = null;
    finish({ reason: signal?.reason });
  };
  const stop = signal?.aborted
    ? () => undefined
    : start({
        answer(answer) {
          newest = { answer };
          give();
        },
        refused: (reason) => finish({ reason }),
      });
  if (signal?.aborted) abort();
  else signal?.addEventListener("abort", abort);

  return {
    next: () =>
      new Promise((resolve, reject) => {
        turns.push({ resolve, reject });
        give();
      }),
    return: () => {
      newest = null;
      finish("done");
      return Promise.resolve({ value: undefined, done: true });
    },
  };
};

/**
 * Answers one at a time, to one who may be slower than they come: only the newest waits. Each iteration follows anew,
 * until it is broken off; an abort ends it with the signal's reason.
 */
export const latest = <Answer>(
  start: (listener: LatestListener<Answer>) => () => void,
  signal: AbortSignal | undefined,
): AsyncIterable<Answer> => ({ [Symbol.asyncIterator]: () => iterate(start, signal) });
