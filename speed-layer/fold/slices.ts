/** So many groups are taken in hand before the work can pause. */
export const SLICE_GROUPS = 4_096;

/** Yields after each slice of the range how many groups it took. */
export function* inSlices(
  from: number,
  to: number,
  work: (from: number, to: number) => void,
): Generator<number, void> {
  for (let at = from; at < to; at += SLICE_GROUPS) {
    const end = Math.min(at + SLICE_GROUPS, to);
    work(at, end);
    yield end - at;
  }
}
