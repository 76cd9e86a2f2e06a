/** Fisher and Yates' shuffle, of a copy. */
export const shuffle = <T>(list: readonly T[], random: () => number): readonly T[] => {
  const shuffled = [...list];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
  }
  return shuffled;
};
