/*
 * Runs of 32-bit words in chunks of one size. An address is `chunk << CHUNK_BITS | word`; a run longer than a chunk has
 * a chunk to itself. Only the first chunk is ever copied, while it is small.
 */
export const CHUNK_BITS = 14;
export const CHUNK_WORDS = 1 << CHUNK_BITS;
export const CHUNK_MASK = CHUNK_WORDS - 1;
const FIRST_WORDS = 64;

/** Memory that is only ever added to. */
export interface Chunks {
  readonly chunks: readonly Int32Array[];
  /** The address of `words` words in a row, all zero. Never 0. */
  take(words: number): number;
}

export const createChunks = (): Chunks => {
  const chunks = [new Int32Array(FIRST_WORDS)];
  let last = 0;
  let at = 1;
  const makeRoom = (words: number): void => {
    const standing = chunks[last] as Int32Array;
    if (last === 0 && at + words <= CHUNK_WORDS) {
      let length = standing.length;
      while (length < at + words) length *= 2;
      const grown = new Int32Array(length);
      grown.set(standing);
      chunks[0] = grown;
      return;
    }
    chunks.push(new Int32Array(Math.max(words, CHUNK_WORDS)));
    last++;
    at = 0;
  };
  return {
    chunks,
    take(words) {
      if (at + words > (chunks[last] as Int32Array).length) makeRoom(words);
      const address = (last << CHUNK_BITS) | at;
      at += words;
      return address;
    },
  };
};
