/** A run was interrupted since its time was over: nothing of it was published. */
export class RunTimedOut extends Error {
  override readonly name = "RunTimedOut";
  constructor(readonly timeoutMs: number) {
    super(
      `the batch run was interrupted after ${timeoutMs / 1000} s, and published nothing: give it more time (--timeout), or Spark (--engine spark)`,
    );
  }
}
