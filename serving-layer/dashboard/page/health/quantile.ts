/** The least value that at most a hundredth of them exceed. */
export const p99 = (values: readonly number[]): number | null =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? null;
