import { giveWords, takeZeros } from "./spareWords.js";

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
export class Chunks {
  readonly chunks: Int32Array[] = [];
  /** The same memory: the number that begins at an even word `w` is at `w / 2`. */
  readonly doubles: Float64Array[] = [];
  /** By chunk, the word after its last run. */
  readonly ends: number[] = [FIRST_ADDRESS];
  #last = 0;

  constructor() {
    this.#put(new Int32Array(FIRST_WORDS));
  }

  /** The address of `words` words in a row, all zero. */
  take(words: number): number {
    const taken = evenWords(words);
    if ((this.ends[this.#last] as number) + taken > (this.chunks[this.#last] as Int32Array).length)
      this.#makeRoom(taken);
    const at = this.ends[this.#last] as number;
    this.ends[this.#last] = at + taken;
    return (this.#last << CHUNK_BITS) | at;
  }

  /** Gives the memory back. No run may be used any more. */
  release(): void {
    for (const chunk of this.chunks) giveWords(chunk);
    this.chunks.length = 0;
    this.doubles.length = 0;
  }

  #put(chunk: Int32Array): void {
    this.chunks[this.#last] = chunk;
    this.doubles[this.#last] = new Float64Array(chunk.buffer);
  }

  #makeRoom(words: number): void {
    const standing = this.chunks[this.#last] as Int32Array;
    const needed = (this.ends[this.#last] as number) + words;
    if (this.#last === 0 && needed <= CHUNK_WORDS) {
      let length = standing.length;
      while (length < needed) length *= 2;
      const grown = new Int32Array(length);
      grown.set(standing);
      this.#put(grown);
      return;
    }
    this.#last++;
    this.#put(words > CHUNK_WORDS ? new Int32Array(words) : takeZeros(CHUNK_BITS));
    this.ends.push(0);
  }
}
