import { createAssembler } from "./assembler.js";
import {
  BLOCK_BYTES,
  CHAINS,
  CONSTANTS_AT,
  LANES,
  MEMORY_PAGES,
  POINTERS_AT,
  STATE_AT,
  STATE_WORDS,
  STEPS,
  VECTOR_BYTES,
  VECTOR_LANES,
} from "./layout.js";

/** RFC 1321: by round, how far a step rotates, and which word of the block it takes. */
const ROTATIONS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;
const WORDS_OF_BLOCK = 16;
const wordOf = (step: number): number => [step, 5 * step + 1, 3 * step + 5, 7 * step][step >> 4] as number;

/** RFC 1321's table of constants. */
export const md5Constants = (): readonly number[] =>
  Array.from({ length: STEPS }, (_, step) => Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32));

/**
 * A WebAssembly module with MD5's compression of `run(blocks)` blocks a lane: the 64 steps are alike, so that they are generated
 * rather than written. Exports `memory`, see layout.ts.
 */
export const md5Program = (): Uint8Array => {
  const code = createAssembler(1);
  const blocks = 0;
  const pointers = Array.from({ length: LANES }, () => code.local("i32"));
  const chains = Array.from({ length: CHAINS }, () => ({
    state: code.locals("v128", STATE_WORDS),
    before: code.locals("v128", STATE_WORDS),
    words: code.locals("v128", WORDS_OF_BLOCK),
    sum: code.local("v128"),
  }));
  const row = code.locals("v128", VECTOR_LANES);

  /** Four vectors of four words of one lane become four of one word of four lanes. */
  const transpose = (into: readonly number[]): void => {
    const [r0, r1, r2, r3] = row as [number, number, number, number];
    const [w0, w1, w2, w3] = into as [number, number, number, number];
    code.shuffle(r0, r1, [0, 4, 1, 5], w0);
    code.shuffle(r2, r3, [0, 4, 1, 5], w1);
    code.shuffle(r0, r1, [2, 6, 3, 7], r0);
    code.shuffle(r2, r3, [2, 6, 3, 7], r1);
    code.shuffle(w0, w1, [0, 1, 4, 5], r2);
    code.shuffle(w0, w1, [2, 3, 6, 7], w1);
    code.move(r2, w0);
    code.shuffle(r0, r1, [0, 1, 4, 5], w2);
    code.shuffle(r0, r1, [2, 3, 6, 7], w3);
  };

  const mix = (round: number, b: number, c: number, d: number): void => {
    switch (round) {
      case 0: // d ^ (b & (c ^ d)), the same as (b & c) | (~b & d)
        code.get(c).get(d).xor().get(b).and().get(d).xor();
        break;
      case 1: // c ^ (d & (b ^ c)), the same as (b & d) | (c & ~d)
        code.get(b).get(c).xor().get(d).and().get(c).xor();
        break;
      case 2:
        code.get(b).get(c).xor().get(d).xor();
        break;
      default:
        code.get(d).not().get(b).or().get(c).xor();
    }
  };

  const stateAt = (chain: number, word: number): number =>
    STATE_AT + (chain * STATE_WORDS + word) * VECTOR_BYTES;

  pointers.forEach((pointer, lane) => code.loadWord(POINTERS_AT + lane * 4).set(pointer));
  chains.forEach(({ state }, chain) =>
    state.forEach((word, index) => code.constant(0).loadVector(stateAt(chain, index)).set(word)),
  );
  code.loop();
  chains.forEach(({ state, before, words }, chain) => {
    for (let first = 0; first < WORDS_OF_BLOCK; first += VECTOR_LANES) {
      row.forEach((into, lane) =>
        code
          .get(pointers[chain * VECTOR_LANES + lane] as number)
          .loadVector(first * 4)
          .set(into),
      );
      transpose(words.slice(first, first + VECTOR_LANES));
    }
    state.forEach((word, index) => code.move(word, before[index] as number));
  });
  for (let step = 0; step < STEPS; step++) {
    const round = step >> 4;
    const rotation = ROTATIONS[round]?.[step & 3] as number;
    for (const { state, words, sum } of chains) {
      const [a, b, c, d] = [0, 1, 2, 3].map((role) => state[(role - step) & 3]) as [
        number,
        number,
        number,
        number,
      ];
      code
        .get(a)
        .constant(0)
        .loadVector(CONSTANTS_AT + step * VECTOR_BYTES)
        .add();
      code.get(words[wordOf(step) & 15] as number).add();
      mix(round, b, c, d);
      code
        .add()
        .tee(sum)
        .shiftLeft(rotation)
        .get(sum)
        .shiftRight(32 - rotation)
        .or()
        .get(b)
        .add()
        .set(a);
    }
  }
  for (const { state, before } of chains) {
    state.forEach((word, index) =>
      code
        .get(word)
        .get(before[index] as number)
        .add()
        .set(word),
    );
  }
  for (const pointer of pointers) code.get(pointer).constant(BLOCK_BYTES).addWord().set(pointer);
  code.get(blocks).constant(-1).addWord().tee(blocks).againIf();
  code.end();
  chains.forEach(({ state }, chain) =>
    state.forEach((word, index) => code.constant(0).get(word).storeVector(stateAt(chain, index))),
  );
  return code.module("run", MEMORY_PAGES);
};
