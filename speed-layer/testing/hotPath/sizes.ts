const fromEnvironment = (name: string, otherwise: number): number => {
  const text = process.env[name];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name}: expected a count, got ${text}`);
  return value;
};

/** `FRESHET_BENCH_EVENTS` and `FRESHET_BENCH_ROUNDS` make a benchmark of the hot path shorter, or longer. */
export const sizes = ({ events, rounds }: { readonly events: number; readonly rounds: number }) => ({
  events: fromEnvironment("FRESHET_BENCH_EVENTS", events),
  rounds: fromEnvironment("FRESHET_BENCH_ROUNDS", rounds),
});
