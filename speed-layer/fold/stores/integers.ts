/** Up to this many, an insertion sort is faster than the engine's. */
const INSERTION_MAX = 24;

/** Sorts the first `count`, ascending. */
export const sortIntegers = (integers: Int32Array, count: number): void => {
  if (count > INSERTION_MAX) {
    integers.subarray(0, count).sort();
    return;
  }
  for (let index = 1; index < count; index++) {
    const value = integers[index] as number;
    let at = index;
    for (; at > 0 && (integers[at - 1] as number) > value; at--) integers[at] = integers[at - 1] as number;
    integers[at] = value;
  }
};
