import { hashText } from "./textHash.js";

const SEED = 0;
const hash = new Int32Array(4);

const halves = (word: number): string =>
  String.fromCharCode((word >>> 24) & 0xff, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff);

/** MurmurHash3_x64_128 of the text as 16 characters of 0-255, big endian: for equality of identities, not for secrecy. */
export const fingerprint128 = (text: string): string => {
  hashText(text, SEED, hash);
  return (
    halves(hash[0] as number) +
    halves(hash[1] as number) +
    halves(hash[2] as number) +
    halves(hash[3] as number)
  );
};
