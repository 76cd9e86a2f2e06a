import { type Records, StorageError } from "@freshet/storage";

/** The name in `Records` of the flush numbers that were given out. */
export const FLUSHES = "projector/flushes";

interface Flushes {
  /** Numbers up to this one belong to somebody. */
  readonly reservedThrough: number;
}

/** So many are taken at once: a projector that ends leaves the rest unused. */
const BLOCK = 10_000;
const ATTEMPTS_MAX = 20;

/** Numbers that only grow, over all projectors that ever were. */
export interface FlushNumbers {
  next(): Promise<number>;
}

const reserve = async (records: Records): Promise<number> => {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const standing = await records.get<Flushes>(FLUSHES);
    const before = standing?.value.reservedThrough ?? 0;
    const flushes: Flushes = { reservedThrough: before + BLOCK };
    if (await records.replace(FLUSHES, standing?.revision ?? 0, flushes)) return before;
  }
  throw new StorageError(
    "unavailable",
    `others took flush numbers ${ATTEMPTS_MAX} times in a row; try again`,
  );
};

/** The first is reserved by the first call: above all that was given out until then. */
export const createFlushNumbers = (records: Records): FlushNumbers => {
  let last = 0;
  let through = 0;
  return {
    async next() {
      if (last === through) {
        last = await reserve(records);
        through = last + BLOCK;
      }
      last += 1;
      return last;
    },
  };
};
