/** A run was interrupted since its time was over: nothing of it was published. */
export class RunTimedOut extends Error {
  override readonly name = "RunTimedOut";
  constructor(readonly timeoutMs: number) {
    super(
      `the batch run was interrupted after ${timeoutMs / 1000} s, and published nothing: give it more time (--timeout), or Spark (--engine spark)`,
    );
  }
}

/** Calls `action` after so long, unless what it returns is called before. */
export type StartTimer = (afterMs: number, action: () => void) => () => void;

/** Gives a signal when the time is over. @throws RunTimedOut where the action fails after that */
export const withTimeout = async <T>(
  { timeoutMs, startTimer }: { readonly timeoutMs: number; readonly startTimer: StartTimer },
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const stop = new AbortController();
  const cancel = startTimer(timeoutMs, () => stop.abort(new RunTimedOut(timeoutMs)));
  try {
    return await action(stop.signal);
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    cancel();
  }
};
