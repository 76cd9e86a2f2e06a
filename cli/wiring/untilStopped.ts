/** Resolves at the first SIGINT or SIGTERM, or when `failed` does; a second signal ends the process at once. */
export const untilStopped = async (failed?: Promise<Error>): Promise<Error | null> => {
  const signals = ["SIGINT", "SIGTERM"] as const;
  const stopped = new Promise<null>((resolve) => {
    for (const signal of signals) {
      process.once(signal, () => {
        for (const again of signals) process.once(again, () => process.exit(130));
        resolve(null);
      });
    }
  });
  return failed ? Promise.race([stopped, failed]) : stopped;
};
