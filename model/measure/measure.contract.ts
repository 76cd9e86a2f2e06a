import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createByteReader, createByteWriter } from "../bytes.js";
import { rankTogether, together } from "../view/merge.js";
import type { Measure, MeasureInput } from "./measure.js";

const SEED = 20_260_101;

/** The state of a group of inputs. */
export const addAll = <State>(measure: Measure<State>, inputs: readonly MeasureInput[]): State => {
  let state = measure.zero();
  for (const input of inputs) state = measure.add(state, input);
  return state;
};

/** The laws of a measure, over groups of the inputs that it takes. */
export const measureLaws = (
  name: string,
  measure: Measure,
  arbitraryInput: fc.Arbitrary<MeasureInput>,
): void => {
  const bytesOf = (state: unknown): Uint8Array => {
    const out = createByteWriter();
    measure.encode(state, out);
    return out.finish();
  };
  const stateOf = (inputs: readonly MeasureInput[]): unknown => addAll(measure, inputs);
  const group = fc.oneof(
    fc.array(arbitraryInput, { maxLength: 4 }),
    fc.array(arbitraryInput, { maxLength: 300, size: "max" }),
  );
  const holds = (
    ...args: [...fc.Arbitrary<MeasureInput[]>[], (...groups: MeasureInput[][]) => void]
  ): void => {
    const law = args.pop() as (...groups: MeasureInput[][]) => void;
    const property = fc.property(fc.tuple(...(args as fc.Arbitrary<MeasureInput[]>[])), (groups) =>
      law(...groups),
    );
    fc.assert(property, { seed: SEED, numRuns: 100 });
  };

  describe(`laws of ${name}`, () => {
    it("merge is associative and equals adding all to one", () => {
      holds(group, group, group, (a = [], b = [], c = []) => {
        const left = measure.merge(measure.merge(stateOf(a), stateOf(b)), stateOf(c));
        const right = measure.merge(stateOf(a), measure.merge(stateOf(b), stateOf(c)));
        expect(left).toEqual(right);
        expect(left).toEqual(stateOf([...a, ...b, ...c]));
      });
    });

    it("merge is commutative", () => {
      holds(group, group, (a = [], b = []) => {
        expect(measure.merge(stateOf(a), stateOf(b))).toEqual(measure.merge(stateOf(b), stateOf(a)));
      });
    });

    it("zero is neutral on both sides", () => {
      holds(group, (a = []) => {
        expect(measure.merge(measure.zero(), stateOf(a))).toEqual(stateOf(a));
        expect(measure.merge(stateOf(a), measure.zero())).toEqual(stateOf(a));
      });
    });

    it("some states together are what merging them gives, and stay as they were", () => {
      holds(group, group, group, (a = [], b = [], c = []) => {
        const states = [stateOf(a), stateOf(b), stateOf(c)];
        const merged = states.reduce((into, state) => measure.merge(into, state), measure.zero());
        expect(bytesOf(together(measure, states))).toEqual(bytesOf(merged));
        expect(states).toEqual([stateOf(a), stateOf(b), stateOf(c)]);
        expect(bytesOf(together(measure, states.slice(0, 1)))).toEqual(bytesOf(stateOf(a)));
        expect(rankTogether(measure, states)).toBe(measure.rank(merged));
        expect(rankTogether(measure, [])).toBe(measure.rank(measure.zero()));
        const many = Array.from({ length: 40 }, (_, index) => states[index % states.length]);
        const all = many.reduce((into: unknown, state) => measure.merge(into, state), measure.zero());
        expect(rankTogether(measure, many)).toBe(measure.rank(all));
        expect(states).toEqual([stateOf(a), stateOf(b), stateOf(c)]);
      });
    });

    it("a rank never passes its bound, which also follows from one", () => {
      const { rankBound } = measure;
      if (!rankBound) return;
      holds(group, group, group, (a = [], b = [], c = []) => {
        const [first, second] = [rankBound(measure.rank(stateOf(a)), stateOf(b)), stateOf([...a, ...b])];
        expect(measure.rank(second)).toBeLessThanOrEqual(first);
        expect(measure.rank(stateOf([...a, ...b, ...c]))).toBeLessThanOrEqual(rankBound(first, stateOf(c)));
        // What was added before may be added again with more.
        expect(measure.rank(stateOf([...a, ...b, ...c]))).toBeLessThanOrEqual(
          rankBound(first, stateOf([...b, ...c])),
        );
      });
    });

    it("adding in any order gives the same state and the same answer", () => {
      holds(group, (a = []) => {
        const state = stateOf(a);
        const reversed = stateOf(a.toReversed());
        expect(reversed).toEqual(state);
        expect(measure.present(reversed)).toEqual(measure.present(state));
        expect(measure.rank(reversed)).toBe(measure.rank(state));
      });
    });

    it("the stored form gives the state back, reads no byte too many, and is one for each state", () => {
      holds(group, group, (a = [], b = []) => {
        const bytes = bytesOf(stateOf(a));
        const reader = createByteReader(Buffer.concat([bytes, Buffer.from("more")]));
        const decoded = measure.decode(reader);
        expect(reader.remaining).toBe(4);
        const skipped = createByteReader(Buffer.concat([bytes, Buffer.from("more")]));
        measure.skip(skipped);
        expect(skipped.remaining).toBe(4);
        expect(decoded).toEqual(stateOf(a));
        expect(bytesOf(decoded)).toEqual(bytes);
        expect(bytesOf(measure.merge(stateOf(b), decoded))).toEqual(bytesOf(stateOf([...a, ...b])));
      });
    });

    it("merge leaves its second argument untouched, also when the result grows", () => {
      holds(group, group, group, (a = [], b = [], c = []) => {
        const second = stateOf(b);
        let merged = measure.merge(stateOf(a), second);
        for (const input of c) merged = measure.add(merged, input);
        expect(bytesOf(second)).toEqual(bytesOf(stateOf(b)));
      });
    });

    it("refuses stored bytes that are cut short, or of another version", () => {
      holds(group, (a = []) => {
        const bytes = bytesOf(stateOf(a));
        const short = bytes.subarray(0, bytes.length - 1);
        expect(() => measure.decode(createByteReader(short))).toThrow(RangeError);
        const broken = Uint8Array.from(bytes);
        broken[0] = 99;
        expect(() => measure.decode(createByteReader(broken))).toThrow("version 99, not 1");
      });
    });

    it("either refuses damaged bytes or reads a state like any other, and does so at once", () => {
      const met = { refused: 0, read: 0 };
      const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
      const random = fc.uint8Array({ maxLength: 40 }).map((rest) => Uint8Array.of(1, ...rest));
      const damaged = fc.tuple(group, damage).map(([inputs, places]) => {
        const bytes = bytesOf(stateOf(inputs));
        for (const [at, byte] of places) bytes[at % bytes.length] = byte;
        return bytes;
      });
      const readsWellOrRefuses = (bytes: Uint8Array): void => {
        let state: unknown;
        try {
          state = measure.decode(createByteReader(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          met.refused++;
          return;
        }
        met.read++;
        expect(measure.decode(createByteReader(bytesOf(state)))).toEqual(state);
        expect(measure.rank(state)).not.toBeNaN();
        expect(JSON.stringify(measure.present(state))).toBeDefined();
      };
      const startedMs = performance.now();
      fc.assert(fc.property(fc.oneof(random, damaged), readsWellOrRefuses), { seed: SEED, numRuns: 500 });
      expect(met.refused).toBeGreaterThan(20);
      expect(met.read).toBeGreaterThan(20);
      expect(performance.now() - startedMs).toBeLessThan(20_000);
    });
  });
};
