import type { MeasureColumn } from "../../columns/columns.js";
import { CHUNK_BITS, CHUNK_MASK, type Chunks } from "../chunks.js";
import { type Output, putVarint, reserve, VARINT_BYTES_MAX } from "../output.js";
import { columnMismatch, soleOutput, STATE_VERSION, type Store, type StoreForm } from "./store.js";

/** A uint32: a segment has fewer events. */
class CountStore implements Store {
  readonly #chunks: readonly Int32Array[];
  readonly #before: number;

  constructor({ chunks }: Chunks, before: number) {
    this.#chunks = chunks;
    this.#before = before;
  }

  add([column]: readonly MeasureColumn[], events: Int32Array, rows: Int32Array, count: number): void {
    if (column?.kind !== "count") return columnMismatch("count", column);
    const { present } = column;
    const chunks = this.#chunks;
    const before = this.#before;
    for (let at = 0; at < count; at++) {
      const row = rows[at] as number;
      const chunk = chunks[row >>> CHUNK_BITS] as Int32Array;
      const word = (row & CHUNK_MASK) - before;
      chunk[word] = (chunk[word] as number) + (present[events[at] as number] as number);
    }
  }

  encode(rows: Int32Array, from: number, toExclusive: number, outs: readonly Output[]): number {
    const out = soleOutput(outs);
    reserve(out, (toExclusive - from) * (1 + VARINT_BYTES_MAX));
    const { bytes } = out;
    let { at } = out;
    for (let index = from; index < toExclusive; index++) {
      const row = rows[index] as number;
      const chunk = this.#chunks[row >>> CHUNK_BITS] as Int32Array;
      bytes[at++] = STATE_VERSION;
      at = putVarint(bytes, at, (chunk[(row & CHUNK_MASK) - this.#before] as number) >>> 0);
    }
    out.at = at;
    return toExclusive;
  }
}

export const countForm: StoreForm = {
  words: 1,
  isDouble: false,
  create: (rows, before) => new CountStore(rows, before),
};
