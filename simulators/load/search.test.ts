import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextRate, STEPS_MAX, type SearchStep } from "./search.js";

const search = (startPerSecond: number, within: number, holds: (perSecond: number) => boolean) => {
  const steps: SearchStep[] = [];
  for (;;) {
    const decision = nextRate(steps, { startPerSecond, within });
    if (decision.kind === "found") return { found: decision.perSecond, steps };
    const held = holds(decision.perSecond);
    steps.push({ perSecond: decision.perSecond, held, because: held ? null : "too fast" });
  }
};

describe("the search for the highest rate", () => {
  it("comes within its bound of what holds, from below, wherever it starts", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 1_000_000 }),
        fc.integer({ min: 50, max: 500_000 }),
        (capacity, start) => {
          const { found, steps } = search(start, 0.05, (rate) => rate <= capacity);
          expect(steps.length).toBeLessThan(STEPS_MAX);
          expect(found).toBeLessThanOrEqual(capacity);
          expect(found).toBeGreaterThan(capacity * 0.9);
        },
      ),
    );
  });

  it("says that nothing holds where nothing does", () => {
    const { found, steps } = search(1_000, 0.05, () => false);
    expect(found).toBe(0);
    expect(steps.at(-1)?.perSecond).toBe(1);
  });

  it("ends where everything holds", () => {
    expect(search(1, 0.05, () => true).steps).toHaveLength(STEPS_MAX);
  });
});
