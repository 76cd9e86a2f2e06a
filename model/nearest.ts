/** Names longer than this are not compared: the distance takes the product of the lengths. */
const NAME_LENGTH_MAX = 64;

/** The nearest of `names` by edit distance, where near enough to be a slip of the finger; null otherwise. */
export const nearest = (wanted: string, names: Iterable<string>): string | null => {
  if (wanted.length > NAME_LENGTH_MAX) return null;
  let best: string | null = null;
  let bestDistance = Math.min(Math.max(2, Math.floor(wanted.length / 3)) + 1, wanted.length);
  for (const name of names) {
    if (name.length > NAME_LENGTH_MAX) continue;
    const distance = editDistance(wanted.toLowerCase(), name.toLowerCase());
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
};

/** `did you mean "x"?`, or the names there are. */
export const suggestion = (wanted: string, names: readonly string[]): string => {
  const near = nearest(wanted, names);
  if (near !== null) return `did you mean ${JSON.stringify(near)}?`;
  return names.length === 0 ? "there are none" : `there are: ${names.slice(0, 20).join(", ")}`;
};

const editDistance = (a: string, b: string): number => {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] as number) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] as number) + 1, (current[column - 1] as number) + 1));
    }
    previous = current;
  }
  return previous[b.length] as number;
};
