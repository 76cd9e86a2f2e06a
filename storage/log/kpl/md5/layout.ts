/*
 * The kernel works on LANES messages at once, a lane of a vector each; two vectors' chains of instructions run side by side.
 * Its memory: the table of MD5's 64 constants, each in all four lanes of a vector | the state, by chain and word a vector |
 * where each lane's next block lies | room for the blocks themselves, LANE_BYTES a lane.
 */
export const VECTOR_BYTES = 16;
export const VECTOR_LANES = 4;
export const CHAINS = 2;
export const LANES = CHAINS * VECTOR_LANES;
export const BLOCK_BYTES = 64;
export const STEPS = 64;
export const STATE_WORDS = 4;

export const CONSTANTS_AT = 0;
export const STATE_AT = CONSTANTS_AT + STEPS * VECTOR_BYTES;
export const POINTERS_AT = STATE_AT + CHAINS * STATE_WORDS * VECTOR_BYTES;
export const BLOCKS_AT = 2048;
export const LANE_BYTES = 4096;
export const MEMORY_PAGES = 1;

/** Where a word of a lane's state lies, in words of 32 bits. */
export const stateWord = (lane: number, word: number): number =>
  STATE_AT / 4 +
  (Math.floor(lane / VECTOR_LANES) * STATE_WORDS + word) * VECTOR_LANES +
  (lane % VECTOR_LANES);
