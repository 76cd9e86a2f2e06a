const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_CHARACTERS = 10;
const RANDOM_CHARACTERS = 16;

/** Fills an array with random bytes, as `crypto.getRandomValues` does. */
export type RandomBytes = (into: Uint8Array<ArrayBuffer>) => void;

/** Asked for at once: each call into the system costs more than an id. */
const POOL_BYTES = RANDOM_CHARACTERS * 256;

const PAIRS = Array.from(
  { length: 32 * 32 },
  (_, pair) => ALPHABET.charAt(pair >> 5) + ALPHABET.charAt(pair & 31),
);

const timeCharacters = (timeMs: number): string => {
  let time = "";
  let rest = Math.max(0, Math.floor(timeMs));
  for (let index = 0; index < TIME_CHARACTERS; index++) {
    time = ALPHABET.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  return time;
};

/** ULIDs: 48 bits of time, 80 random bits, 26 characters that sort by time. */
export const createIdSource = (random: RandomBytes): ((timeMs: number) => string) => {
  const pool = new Uint8Array(POOL_BYTES);
  let used = POOL_BYTES;
  let lastMs = Number.NaN;
  let time = "";
  return (timeMs) => {
    if (timeMs !== lastMs) {
      lastMs = timeMs;
      time = timeCharacters(timeMs);
    }
    if (used === POOL_BYTES) {
      random(pool);
      used = 0;
    }
    let tail = "";
    for (const end = used + RANDOM_CHARACTERS; used < end; used += 2)
      tail += PAIRS[((pool[used] as number) % 32) * 32 + ((pool[used + 1] as number) % 32)] as string;
    return time + tail;
  };
};

export const cryptoRandom: RandomBytes = (into) => {
  crypto.getRandomValues(into);
};

const RANGE = 2 ** 32;

/** Uniform in [0, 1). */
export const fractionOf = (random: RandomBytes): number => {
  const bytes = new Uint8Array(4);
  random(bytes);
  return new DataView(bytes.buffer).getUint32(0) / RANGE;
};
