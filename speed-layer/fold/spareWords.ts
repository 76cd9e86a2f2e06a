/*
 * Memory that a segment gave back, for the next ones of the thread. Otherwise each second the kernel would clear the same
 * megabytes anew, and the engine collect them.
 */
const SPARE_BYTES_MAX = 1 << 26;
const WORD_BYTES = 4;
/** Less is not worth keeping. */
const KEPT_BITS_MIN = 4;

/** By size. */
const spare = Array.from({ length: 32 }, (): Int32Array[] => []);
let spareBytes = 0;

/** The least size that holds so many words. */
export const sizeBitsFor = (words: number): number => (words < 2 ? 0 : 32 - Math.clz32(words - 1));

/** 2^sizeBits words as they were left. */
export const takeWords = (sizeBits: number): Int32Array => {
  const words = spare[sizeBits]?.pop();
  if (!words) return new Int32Array(1 << sizeBits);
  spareBytes -= words.length * WORD_BYTES;
  return words;
};

/** 2^sizeBits words, all zero. */
export const takeZeros = (sizeBits: number): Int32Array => {
  const isSpare = (spare[sizeBits]?.length ?? 0) > 0;
  const words = takeWords(sizeBits);
  return isSpare ? words.fill(0) : words;
};

/** Takes back what `takeWords` gave, of which nothing may be used any more; other arrays it leaves alone. */
export const giveWords = (words: Int32Array): void => {
  const sizeBits = 31 - Math.clz32(words.length);
  if (sizeBits < KEPT_BITS_MIN || words.length !== 1 << sizeBits) return;
  if (spareBytes + words.length * WORD_BYTES > SPARE_BYTES_MAX) return;
  spareBytes += words.length * WORD_BYTES;
  spare[sizeBits]?.push(words);
};
