/** Several descending sequences as one; each is asked for its next only when its last has been taken. */
export async function* mergeDescending<T>(
  sequences: readonly AsyncIterator<T>[],
  compare: (left: T, right: T) => number,
): AsyncGenerator<T> {
  const heads = await Promise.all(sequences.map((sequence) => sequence.next()));
  for (;;) {
    let greatest = -1;
    for (const [index, head] of heads.entries()) {
      if (head.done) continue;
      const best = heads[greatest];
      if (!best || best.done || compare(head.value, best.value) > 0) greatest = index;
    }
    const head = heads[greatest];
    if (!head || head.done) return;
    yield head.value;
    heads[greatest] = await (sequences[greatest] as AsyncIterator<T>).next();
  }
}
