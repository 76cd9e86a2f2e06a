import { CONSTANTS_AT, LANES, STATE_AT, STATE_WORDS, stateWord, VECTOR_LANES } from "./layout.js";
import { md5Constants, md5Program } from "./program.js";

/** What is used of WebAssembly's JavaScript interface, which Node's types leave out. */
interface WebAssemblyInterface {
  readonly validate: (code: Uint8Array) => boolean;
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (
    module: object,
  ) => {
    readonly exports: {
      readonly memory: { readonly buffer: ArrayBuffer };
      readonly run: (blocks: number) => void;
    };
  };
}

const INITIAL_STATE = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];

/** MD5's compression over LANES messages at once, with a memory of its own (layout.ts), the constants in it. */
export interface Md5Kernel {
  readonly blocks: Uint8Array;
  readonly words: Uint32Array;
  readonly run: (blocks: number) => void;
  /** Of all lanes, as it lies from `STATE_AT` on. */
  readonly initialState: Uint32Array;
}

/** Null where Node runs without WebAssembly or its vectors. */
export const startMd5Kernel = (): Md5Kernel | null => {
  const { WebAssembly } = globalThis as { readonly WebAssembly?: WebAssemblyInterface };
  const program = md5Program();
  if (!WebAssembly?.validate(program)) return null;
  const { memory, run } = new WebAssembly.Instance(new WebAssembly.Module(program)).exports;
  const words = new Uint32Array(memory.buffer);
  md5Constants().forEach((constant, step) => {
    words.fill(
      constant,
      CONSTANTS_AT / 4 + step * VECTOR_LANES,
      CONSTANTS_AT / 4 + (step + 1) * VECTOR_LANES,
    );
  });
  const initialState = new Uint32Array(LANES * STATE_WORDS);
  for (let lane = 0; lane < LANES; lane++) {
    INITIAL_STATE.forEach((value, word) => {
      initialState[stateWord(lane, word) - STATE_AT / 4] = value;
    });
  }
  return { blocks: new Uint8Array(memory.buffer), words, run, initialState };
};
