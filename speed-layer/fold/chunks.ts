/*
 * Runs of 32-bit words in chunks of one size. An address is `chunk << CHUNK_BITS | word`, and even; a run longer than a
 * chunk has a chunk to itself. Only the first chunk is ever copied, while it is small.
 */
export const CHUNK_BITS = 14;
export const CHUNK_WORDS = 1 << CHUNK_BITS;
export const CHUNK_MASK = CHUNK_WORDS - 1;
/** Where the first run begins: no run has address 0. */
export const FIRST_ADDRESS = 2;
const FIRST_WORDS = 64;

/** As many words as a run of so many takes. */
export const evenWords = (words: number): number => (words + 1) & ~1;

/** Memory that is only ever added to. */
export interface Chunks {
  readonly chunks: readonly Int32Array[];
  /** The same memory: the number that begins at an even word `w` is at `w / 2`. */
  readonly doubles: readonly Float64Array[];
  /** By chunk, the word after its last run. */
  readonly ends: readonly number[];
  /** The address of `words` words in a row, all zero. */
  take(words: number): number;
}

export const createChunks = (): Chunks => {
  const chunks: Int32Array[] = [];
  const doubles: Float64Array[] = [];
  const ends: number[] = [];
  const put = (index: number, chunk: Int32Array): void => {
    chunks[index] = chunk;
    doubles[index] = new Float64Array(chunk.buffer);
  };
  put(0, new Int32Array(FIRST_WORDS));
  ends.push(FIRST_ADDRESS);
  let last = 0;

  const makeRoom = (words: number): void => {
    const standing = chunks[last] as Int32Array;
    const needed = (ends[last] as number) + words;
    if (last === 0 && needed <= CHUNK_WORDS) {
      let length = standing.length;
      while (length < needed) length *= 2;
      const grown = new Int32Array(length);
      grown.set(standing);
      put(0, grown);
      return;
    }
    last++;
    put(last, new Int32Array(Math.max(words, CHUNK_WORDS)));
    ends.push(0);
  };

  return {
    chunks,
    doubles,
    ends,
    take(words) {
      const taken = evenWords(words);
      if ((ends[last] as number) + taken > (chunks[last] as Int32Array).length) makeRoom(taken);
      const at = ends[last] as number;
      ends[last] = at + taken;
      return (last << CHUNK_BITS) | at;
    },
  };
};
