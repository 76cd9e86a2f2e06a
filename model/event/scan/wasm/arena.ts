import { BLOCK_BYTES, TABLE } from "./layout.js";
import type { KernelProgram } from "./program.js";

const PAGE_BYTES = 65_536;
const encoder = new TextEncoder();

/** Hands out the kernel's memory, which only grows. Growing makes all views of it useless. */
export interface Arena {
  /** A place for so many zero bytes, with a block to spare. */
  take(bytes: number): number;
  /** Puts a text there, padded to whole blocks. */
  put(text: string): { readonly at: number; readonly length: number };
  readonly buffer: ArrayBuffer;
  readonly view: DataView;
}

export const createArena = (memory: KernelProgram["memory"]): Arena => {
  let used = TABLE;
  let view = new DataView(memory.buffer);

  const take = (bytes: number): number => {
    const at = Math.ceil(used / BLOCK_BYTES) * BLOCK_BYTES;
    used = at + bytes + BLOCK_BYTES;
    const missing = used - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    if (view.buffer !== memory.buffer) view = new DataView(memory.buffer);
    return at;
  };

  return {
    take,
    put: (text) => {
      const bytes = encoder.encode(text);
      const at = take(bytes.length);
      new Uint8Array(memory.buffer).set(bytes, at);
      return { at, length: bytes.length };
    },
    get buffer() {
      return memory.buffer;
    },
    get view() {
      return view;
    },
  };
};
