import { CHUNK_BITS, CHUNK_MASK, Chunks } from "./chunks.js";

const SIZE_BITS_MAX = 30;

/** Runs of 2^bits words that can be given back. */
export class Slabs {
  readonly #memory = new Chunks();
  readonly chunks: readonly Int32Array[] = this.#memory.chunks;
  /** By size: the first free slab, whose first word is the next one's address; 0: none. */
  readonly #free = new Int32Array(SIZE_BITS_MAX + 1);

  /** All zero. */
  take(sizeBits: number): number {
    const address = this.#free[sizeBits] as number;
    if (address === 0) return this.#memory.take(1 << sizeBits);
    const chunk = this.chunks[address >>> CHUNK_BITS] as Int32Array;
    const at = address & CHUNK_MASK;
    this.#free[sizeBits] = chunk[at] as number;
    for (let word = 0; word < 1 << sizeBits; word++) chunk[at + word] = 0;
    return address;
  }

  /** Gives all memory back. */
  release(): void {
    this.#memory.release();
  }

  give(address: number, sizeBits: number): void {
    const chunk = this.chunks[address >>> CHUNK_BITS] as Int32Array;
    chunk[address & CHUNK_MASK] = this.#free[sizeBits] as number;
    this.#free[sizeBits] = address;
  }
}
