const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_CHARACTERS = 10;
const RANDOM_CHARACTERS = 16;

/** Fills an array with random bytes, as `crypto.getRandomValues` does. */
export type RandomBytes = (into: Uint8Array<ArrayBuffer>) => void;

/** A ULID: 48 bits of time, 80 random bits, 26 characters that sort by time. */
export const createIdSource = (random: RandomBytes): ((timeMs: number) => string) => {
  const bytes = new Uint8Array(RANDOM_CHARACTERS);
  return (timeMs) => {
    let time = "";
    let rest = Math.max(0, Math.floor(timeMs));
    for (let index = 0; index < TIME_CHARACTERS; index++) {
      time = ALPHABET.charAt(rest % 32) + time;
      rest = Math.floor(rest / 32);
    }
    random(bytes);
    let tail = "";
    for (const byte of bytes) tail += ALPHABET.charAt(byte % 32);
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
