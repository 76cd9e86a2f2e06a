import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EMPTY_BASELINE, type KeyBaseline, withoutWindow, withWindow } from "./baseline.js";
import { SLOTS } from "./slot.js";

interface Window {
  readonly slot: number;
  readonly x: number;
}

const windows = fc.array(fc.record({ slot: fc.nat(SLOTS - 1), x: fc.nat(1000) }), {
  maxLength: 60,
  size: "max",
});

const baselineOf = (given: readonly Window[]): KeyBaseline =>
  given.reduce((baseline, { slot, x }) => withWindow(baseline, slot, x), EMPTY_BASELINE);

describe("a key's baseline", () => {
  it("is the sums per slot, of slots with activity alone, in any order of the windows", () => {
    fc.assert(
      fc.property(windows, (given) => {
        const sum = (slot: number, of: (x: number) => number): number =>
          given.filter((window) => window.slot === slot).reduce((total, { x }) => total + of(x), 0);
        const slots = [...new Set(given.filter(({ x }) => x > 0).map(({ slot }) => slot))].toSorted(
          (a, b) => a - b,
        );
        const expected = {
          slots,
          s: slots.map((slot) => sum(slot, (x) => x)),
          q: slots.map((slot) => sum(slot, (x) => x * x)),
        };
        expect(baselineOf(given)).toEqual(expected);
        expect(baselineOf(given.toReversed())).toEqual(expected);
      }),
      { seed: 9, numRuns: 200 },
    );
  });

  it("without a window is what it was before that window came", () => {
    fc.assert(
      fc.property(windows, fc.nat(SLOTS - 1), fc.nat(1000), (given, slot, x) => {
        const before = baselineOf(given);
        expect(withoutWindow(withWindow(before, slot, x), slot, x)).toEqual(before);
      }),
      { seed: 10, numRuns: 200 },
    );
  });

  it("refuses to lose a window that it does not hold", () => {
    const baseline = withWindow(EMPTY_BASELINE, 3, 5);
    expect(() => withoutWindow(baseline, 3, 6)).toThrow("no window of 6 in slot 3 to take out");
    expect(() => withoutWindow(baseline, 4, 1)).toThrow("no window of 1 in slot 4 to take out");
  });
});
