import type { Clock } from "./clock.js";

/** No answer in time: whether the request had an effect is not known. */
export class TimedOut extends Error {
  override readonly name = "TimedOut";
}

/** Gives up, and aborts the signal, when there is no answer after `ms`. @throws TimedOut, or what `run` throws */
export const withDeadline = async <T>(
  clock: Clock,
  ms: number,
  what: string,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const controller = new AbortController();
  let cancel = (): void => {};
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(ms, () => {
      const error = new TimedOut(`${what}: no answer after ${ms} ms`);
      controller.abort(error);
      reject(error);
    });
  });
  try {
    return await Promise.race([run(controller.signal), late]);
  } finally {
    cancel();
  }
};
