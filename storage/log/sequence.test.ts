import { sequenceNumber } from "@freshet/model";
import fc from "fast-check";
import { expect, it } from "vitest";
import { sequenceText } from "./sequence.js";

const SEED = 20_261_121;

it(`is the model's text of the same number, whichever was asked for before (seed ${SEED})`, () => {
  const edge = fc.constantFrom(0, 1, 9_999, 10_000, 10_001, 19_999, 20_000, Number.MAX_SAFE_INTEGER);
  const number = fc.oneof(edge, fc.nat(30_000), fc.maxSafeNat());
  fc.assert(
    fc.property(number, (sequence) => {
      expect(sequenceText(sequence)).toBe(sequenceNumber(BigInt(sequence)));
    }),
    { seed: SEED, numRuns: 2_000 },
  );
});
