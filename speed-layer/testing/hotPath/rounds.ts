/** A way of doing the work that is measured. */
export interface Variant {
  readonly name: string;
  run(): unknown;
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

/** Runs all variants in turn, round by round, so that a slow minute of the machine is a slow minute for all. */
export const interleave = async (
  rounds: number,
  variants: readonly Variant[],
): Promise<ReadonlyMap<string, Measured>> => {
  const taken = new Map<string, number[]>(variants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // the order changes, so that none always runs after the same other
    for (let index = 0; index < variants.length; index++) {
      const variant = variants[(index + round) % variants.length] as Variant;
      globalThis.gc?.();
      const startedMs = performance.now();
      await variant.run();
      taken.get(variant.name)?.push(performance.now() - startedMs);
    }
  }
  return new Map([...taken].map(([name, roundsMs]) => [name, measured(roundsMs)]));
};
