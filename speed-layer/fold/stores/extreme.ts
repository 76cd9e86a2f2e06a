import type { MeasureColumn } from "../../columns/columns.js";
import { CHUNK_BITS, CHUNK_MASK, type Chunks } from "../chunks.js";
import { type Output, putZigzag, reserve, ZIGZAG_BYTES_MAX } from "../output.js";
import { columnMismatch, soleOutput, STATE_VERSION, type Store, type StoreForm } from "./store.js";

const NONE = 0;
const SOME = 1;

/* In a row, 0 is none yet: values from 0 on are held one greater, which is exact and keeps their order. */
const toHeld = (value: number): number => (value < 0 ? value : value + 1);
const fromHeld = (held: number): number => (held < 0 ? held : held - 1);

class ExtremeStore implements Store {
  readonly #kind: "min" | "max";
  readonly #doubles: readonly Float64Array[];
  readonly #before: number;

  constructor(kind: "min" | "max", { doubles }: Chunks, before: number) {
    this.#kind = kind;
    this.#doubles = doubles;
    this.#before = before;
  }

  add([column]: readonly MeasureColumn[], events: Int32Array, rows: Int32Array, count: number): void {
    if (column?.kind !== "integers") return columnMismatch(this.#kind, column);
    const { present, values } = column;
    const isMin = this.#kind === "min";
    for (let at = 0; at < count; at++) {
      const event = events[at] as number;
      if (present[event] !== 1) continue;
      const row = rows[at] as number;
      const chunk = this.#doubles[row >>> CHUNK_BITS] as Float64Array;
      const double = ((row & CHUNK_MASK) - this.#before) >>> 1;
      const standing = chunk[double] as number;
      const held = toHeld(values[event] as number);
      if (standing === 0 || (isMin ? held < standing : held > standing)) chunk[double] = held;
    }
  }

  encode(rows: Int32Array, from: number, toExclusive: number, outs: readonly Output[]): number {
    const out = soleOutput(outs);
    reserve(out, (toExclusive - from) * (2 + ZIGZAG_BYTES_MAX));
    const { bytes } = out;
    let { at } = out;
    for (let index = from; index < toExclusive; index++) {
      const row = rows[index] as number;
      const chunk = this.#doubles[row >>> CHUNK_BITS] as Float64Array;
      const held = chunk[((row & CHUNK_MASK) - this.#before) >>> 1] as number;
      bytes[at++] = STATE_VERSION;
      if (held === 0) bytes[at++] = NONE;
      else {
        bytes[at++] = SOME;
        at = putZigzag(bytes, at, fromHeld(held));
      }
    }
    out.at = at;
    return toExclusive;
  }
}

export const extremeForm = (kind: "min" | "max"): StoreForm => ({
  words: 2,
  isDouble: true,
  create: (rows, before) => new ExtremeStore(kind, rows, before),
});
