const FIRST_MS = 1_000;
const LAST_MS = 8_000;
const DOUBLINGS_MAX = 10;

/** How long to wait before the attempt: doubling, its upper half by chance so that not all come back at once. */
export const backOffMs = (failures: number, unit: number, leastMs: number): number => {
  const doubledMs = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(DOUBLINGS_MAX, Math.max(0, failures - 1)));
  return Math.max(leastMs, (doubledMs * (1 + unit)) / 2);
};
