import { type Chunks, CHUNK_BITS, CHUNK_MASK, createChunks } from "./chunks.js";

const SIZE_BITS_MAX = 30;

/** Runs of 2^bits words that can be given back. */
export interface Slabs {
  readonly chunks: Chunks["chunks"];
  /** All zero. */
  take(sizeBits: number): number;
  give(address: number, sizeBits: number): void;
}

export const createSlabs = (): Slabs => {
  const { chunks, take } = createChunks();
  /** By size: the first free slab, whose first word is the next one's address; 0: none. */
  const free = new Int32Array(SIZE_BITS_MAX + 1);
  return {
    chunks,
    take(sizeBits) {
      const address = free[sizeBits] as number;
      if (address === 0) return take(1 << sizeBits);
      const chunk = chunks[address >>> CHUNK_BITS] as Int32Array;
      const at = address & CHUNK_MASK;
      free[sizeBits] = chunk[at] as number;
      for (let word = 0; word < 1 << sizeBits; word++) chunk[at + word] = 0;
      return address;
    },
    give(address, sizeBits) {
      const chunk = chunks[address >>> CHUNK_BITS] as Int32Array;
      chunk[address & CHUNK_MASK] = free[sizeBits] as number;
      free[sizeBits] = address;
    },
  };
};
