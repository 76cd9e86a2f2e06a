import { startMd5Kernel } from "./kernel.js";
import {
  BLOCK_BYTES,
  BLOCKS_AT,
  LANE_BYTES,
  LANES,
  POINTERS_AT,
  STATE_AT,
  STATE_WORDS,
  stateWord,
} from "./layout.js";

/** Where a message lies. */
export interface Message {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** A message ends with this byte, zeros, and its length in bits, 64 bits little endian. */
const PADDING = 0x80;
const LENGTH_BYTES = 8;
const IDLE = -1;

/** What a lane is at. */
interface Lane {
  /** Index of its message, or IDLE. */
  message: number;
  /** Of the message, in the buffer. */
  at: number;
  padded: boolean;
  /** How many blocks lie ready in the kernel's memory, and where. */
  ready: number;
  pointer: number;
}

/** The MD5 of each message, 16 bytes each, in their order. */
export type Md5Lanes = (messages: readonly Message[]) => Uint8Array;

/** Null where Node runs without WebAssembly or its vectors. */
export const createMd5Lanes = (): Md5Lanes | null => {
  const kernel = startMd5Kernel();
  if (!kernel) return null;
  const { blocks, words, run, initialState } = kernel;
  const view = new DataView(words.buffer);
  const lanes = Array.from(
    { length: LANES },
    (): Lane => ({ message: IDLE, at: 0, padded: false, ready: 0, pointer: 0 }),
  );
  const baseOf = (index: number): number => BLOCKS_AT + index * LANE_BYTES;

  /** Puts what is left of a message, less than a block, with its padding. */
  const pad = (lane: Lane, base: number, { bytes, start, end }: Message): void => {
    const left = end - lane.at;
    const length = left + 1 + LENGTH_BYTES <= BLOCK_BYTES ? BLOCK_BYTES : 2 * BLOCK_BYTES;
    blocks.set(bytes.subarray(lane.at, end), base);
    blocks[base + left] = PADDING;
    blocks.fill(0, base + left + 1, base + length);
    view.setBigUint64(base + length - LENGTH_BYTES, BigInt(end - start) * 8n, true);
    lane.ready = length / BLOCK_BYTES;
    lane.padded = true;
  };

  return (messages) => {
    const digests = new Uint8Array(messages.length * STATE_WORDS * 4);
    const out = new DataView(digests.buffer);
    // The longest first: so the lanes come to their end at about the same time.
    const waiting = Array.from(messages.keys()).sort((a, b) => lengthOf(messages, a) - lengthOf(messages, b));

    const finish = (lane: Lane, index: number): void => {
      for (let word = 0; word < STATE_WORDS; word++) {
        out.setUint32((lane.message * STATE_WORDS + word) * 4, words[stateWord(index, word)] as number, true);
      }
    };

    const begin = (lane: Lane, index: number): void => {
      lane.message = waiting.pop() ?? IDLE;
      if (lane.message === IDLE) return;
      lane.at = (messages[lane.message] as Message).start;
      lane.padded = false;
      for (let word = 0; word < STATE_WORDS; word++) {
        const at = stateWord(index, word);
        words[at] = initialState[at - STATE_AT / 4] as number;
      }
    };

    const refill = (lane: Lane, index: number): void => {
      if (lane.padded) {
        finish(lane, index);
        begin(lane, index);
      }
      lane.pointer = baseOf(index);
      if (lane.message === IDLE) return;
      const message = messages[lane.message] as Message;
      const left = message.end - lane.at;
      if (left < BLOCK_BYTES) return pad(lane, lane.pointer, message);
      const length = Math.min(LANE_BYTES, left - (left % BLOCK_BYTES));
      blocks.set(message.bytes.subarray(lane.at, lane.at + length), lane.pointer);
      lane.at += length;
      lane.ready = length / BLOCK_BYTES;
    };

    lanes.forEach((lane, index) => {
      lane.ready = 0;
      begin(lane, index);
    });
    for (;;) {
      let count = Infinity;
      for (let index = 0; index < LANES; index++) {
        const lane = lanes[index] as Lane;
        if (lane.ready === 0 && lane.message !== IDLE) refill(lane, index);
        if (lane.message === IDLE) lane.pointer = baseOf(index);
        else count = Math.min(count, lane.ready);
        words[POINTERS_AT / 4 + index] = lane.pointer;
      }
      if (count === Infinity) return digests;
      run(count);
      for (const lane of lanes) {
        if (lane.message === IDLE) continue;
        lane.ready -= count;
        lane.pointer += count * BLOCK_BYTES;
      }
    }
  };
};

const lengthOf = (messages: readonly Message[], index: number): number => {
  const { start, end } = messages[index] as Message;
  return end - start;
};
