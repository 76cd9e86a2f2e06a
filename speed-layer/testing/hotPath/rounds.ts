/** A way of doing the work that is measured. */
export interface Variant<Result> {
  readonly name: string;
  run(): Result | Promise<Result>;
  /** What is wrong with the result; null for nothing. Its time does not count. */
  check?(result: Result): string | null;
}

export interface Measured {
  readonly medianMs: number;
  readonly bestMs: number;
  /** How many times faster than the other: the median of the ratios of rounds. */
  timesFasterThan(other: Measured): number;
  readonly roundsMs: readonly number[];
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const measured = (roundsMs: readonly number[]): Measured => ({
  medianMs: median(roundsMs),
  bestMs: Math.min(...roundsMs),
  timesFasterThan: (other) => median(roundsMs.map((ms, round) => (other.roundsMs[round] ?? Number.NaN) / ms)),
  roundsMs,
});

/**
 * Runs all variants in turn, round by round, so that a slow minute of the machine is a slow minute for all.
 * Results are checked in the first round. @throws Error for one that is wrong.
 */
export const interleave = async <Result>(
  rounds: number,
  variants: readonly Variant<Result>[],
): Promise<ReadonlyMap<string, Measured>> => {
  const taken = new Map<string, number[]>(variants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // the order changes, so that none always runs after the same other
    for (let index = 0; index < variants.length; index++) {
      const variant = variants[(index + round) % variants.length] as Variant<Result>;
      globalThis.gc?.();
      const startedMs = performance.now();
      const result = await variant.run();
      taken.get(variant.name)?.push(performance.now() - startedMs);
      const fault = round === 0 ? variant.check?.(result) : null;
      if (fault) throw new Error(`${variant.name}: ${fault}`);
    }
  }
  return new Map([...taken].map(([name, roundsMs]) => [name, measured(roundsMs)]));
};
