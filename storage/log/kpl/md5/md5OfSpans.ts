import { hash } from "node:crypto";
import { type Md5Kernel, startMd5Kernel } from "./kernel.js";
import { BLOCK_BYTES, BLOCKS_AT, LANES, POINTERS_AT, STATE_AT, STATE_WORDS, stateWord } from "./layout.js";

const DIGEST_BYTES = 16;
const BLOCK_WORDS = BLOCK_BYTES / 4;
/** What fits a block with its padding and its length, which stands in the last two words. */
const ONE_BLOCK_MAX = 55;
const LENGTH_WORD = 14;
const PADDING = 0x80;
const BITS_PER_BYTE = 8;

type Spans = (
  bytes: Uint8Array,
  starts: Int32Array,
  ends: Int32Array,
  count: number,
  digests: Uint8Array,
) => void;

let spans: Spans | undefined;

/** The MD5 of each of the first `count` spans, 16 bytes each. Most are to be short, as keys are: they cost no object each. */
export const md5OfSpans = (
  bytes: Uint8Array,
  starts: Int32Array,
  ends: Int32Array,
  count: number,
): Uint8Array => {
  const digests = new Uint8Array(count * DIGEST_BYTES);
  if (spans === undefined) {
    const kernel = startMd5Kernel();
    spans = kernel ? shortTogether(kernel) : eachAlone;
  }
  spans(bytes, starts, ends, count, digests);
  return digests;
};

const alone = (bytes: Uint8Array, start: number, end: number, digests: Uint8Array, index: number): void =>
  digests.set(hash("md5", bytes.subarray(start, end), "buffer"), index * DIGEST_BYTES);

const eachAlone: Spans = (bytes, starts, ends, count, digests) => {
  for (let index = 0; index < count; index++)
    alone(bytes, starts[index] as number, ends[index] as number, digests, index);
};

/** Those of one block, a lane each; the others alone. */
const shortTogether = ({ blocks, words, run, initialState }: Md5Kernel): Spans => {
  const indexOf = new Int32Array(LANES);
  for (let lane = 0; lane < LANES; lane++) words[POINTERS_AT / 4 + lane] = BLOCKS_AT + lane * BLOCK_BYTES;

  const put = (lane: number, bytes: Uint8Array, start: number, length: number): void => {
    const base = BLOCKS_AT + lane * BLOCK_BYTES;
    words.fill(0, base / 4, base / 4 + BLOCK_WORDS);
    for (let at = 0; at < length; at++) blocks[base + at] = bytes[start + at] as number;
    blocks[base + length] = PADDING;
    words[base / 4 + LENGTH_WORD] = length * BITS_PER_BYTE;
  };

  return (bytes, starts, ends, count, digests) => {
    const out = new Uint32Array(digests.buffer);
    let lanes = 0;
    const finish = (): void => {
      words.set(initialState, STATE_AT / 4);
      run(1);
      for (let lane = 0; lane < lanes; lane++) {
        for (let word = 0; word < STATE_WORDS; word++)
          out[(indexOf[lane] as number) * STATE_WORDS + word] = words[stateWord(lane, word)] as number;
      }
      lanes = 0;
    };
    for (let index = 0; index < count; index++) {
      const start = starts[index] as number;
      const end = ends[index] as number;
      if (end - start > ONE_BLOCK_MAX) alone(bytes, start, end, digests, index);
      else {
        indexOf[lanes] = index;
        put(lanes++, bytes, start, end - start);
        if (lanes === LANES) finish();
      }
    }
    if (lanes > 0) finish();
  };
};
