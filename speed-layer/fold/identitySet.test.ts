import { tick } from "@freshet/model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createIdentitySet } from "./identitySet.js";

const HORIZON = 5;

describe("the set of identities", () => {
  it("equals a Map of everything ever seen, through growth and eviction", () => {
    const met = { again: 0, forgotten: 0, slots: 0 };
    const steps = fc.array(fc.tuple(fc.nat(3_000), fc.integer({ min: 0, max: 9 })), {
      minLength: 2_000,
      maxLength: 6_000,
    });
    fc.assert(
      fc.property(steps, (seen) => {
        const set = createIdentitySet(HORIZON);
        const twin = new Map<number, number>();
        let at = -1;
        for (const [identity, pace] of seen) {
          if (pace === 0 && twin.size % 50 === 0) at++;
          // words that collide in the slot they ask for
          const words = Uint32Array.of(identity % 7, 1, 2, identity);
          const before = twin.get(identity);
          const expected = before !== undefined && at - before <= HORIZON;
          expect(set.see(words, 0, tick(at))).toBe(expected);
          if (expected) met.again++;
          else if (before !== undefined) met.forgotten++;
          twin.set(identity, at);
          if (pace === 9) at += 3;
        }
        met.slots = Math.max(met.slots, set.slots);
      }),
      { seed: 11, numRuns: 8 },
    );
    expect(met.again).toBeGreaterThan(100);
    expect(met.forgotten).toBeGreaterThan(1_000);
    expect(met.slots).toBeLessThan(4_096);
  });

  it("remembers the latest tick of an identity, whatever order a fill sees them in", () => {
    const set = createIdentitySet(HORIZON);
    const words = Uint32Array.of(0, 0, 0, 0, 9, 9, 9, 9);
    expect(set.see(words, 0, tick(10))).toBe(false);
    expect(set.see(words, 0, tick(7))).toBe(true);
    expect(set.see(words, 1, tick(7))).toBe(false);
    expect(set.see(words, 0, tick(15))).toBe(true);
    expect(set.see(words, 1, tick(15))).toBe(false);
  });
});
