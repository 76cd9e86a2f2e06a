import { tick } from "@freshet/model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDice } from "../world/dice.sim.js";
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
          // words that collide in the slot they ask for, of few parts
          const words = Uint32Array.of(identity % 7, 1, identity, identity % 3);
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

  it("equals a Map of many that are well spread, at ticks of a millisecond and of any size", () => {
    const dice = createDice(12);
    const met = { again: 0, jumps: 0 };
    const set = createIdentitySet(HORIZON);
    const twin = new Map<number, number>();
    let at = 1_700_000_000_000;
    for (let step = 0; step < 200_000; step++) {
      const identity = dice.integer(20_000);
      const mixed = Math.imul(identity, 0x9e3779b1) >>> 0;
      const before = twin.get(identity);
      const expected = before !== undefined && at - before <= HORIZON;
      if (set.see(Uint32Array.of(mixed, 1, 2, identity), 0, tick(at)) !== expected)
        expect.fail(`step ${step}`);
      twin.set(identity, at);
      if (expected) met.again++;
      if (dice.chance(0.0002)) at++;
      if (dice.chance(0.0001)) {
        at += dice.pick([3, 6, 2 ** 30, 2 ** 33]);
        met.jumps++;
      }
    }
    expect(met.again).toBeGreaterThan(30_000);
    expect(met.jumps).toBeGreaterThan(10);
  });

  it("remembers what is seen at a tick before the last one no longer than that tick allows", () => {
    const dice = createDice(15);
    const set = createIdentitySet(HORIZON);
    const twin = new Map<number, number>();
    const met = { again: 0, forgotten: 0, wrong: 0 };
    for (let step = 0; step < 150_000; step++) {
      // as a fill goes over one ancestor after the other
      const at = Math.floor(step / 5_000) - (dice.chance(0.001) ? dice.integer(4) : 0);
      const identity = dice.integer(60_000);
      const before = twin.get(identity);
      const expected = before !== undefined && at - before <= HORIZON;
      const words = Uint32Array.of(Math.imul(identity, 0x9e3779b1), 1, 2, identity);
      if (set.see(words, 0, tick(at)) !== expected) met.wrong++;
      if (expected) met.again++;
      else if (before !== undefined) met.forgotten++;
      twin.set(identity, Math.max(at, before ?? at));
    }
    expect(met.wrong).toBe(0);
    expect(met.again).toBeGreaterThan(30_000);
    expect(met.forgotten).toBeGreaterThan(10_000);
  });

  it("holds on to no more than a few times what a horizon brings", () => {
    const dice = createDice(13);
    const set = createIdentitySet(HORIZON);
    const words = new Uint32Array(4);
    let again = 0;
    for (let at = 0; at < 500; at++) {
      for (let event = 0; event < 1_000; event++) {
        for (let word = 0; word < words.length; word++) words[word] = dice.integer(2 ** 32);
        if (set.see(words, 0, tick(at))) again++;
      }
    }
    expect(again).toBe(0);
    expect(set.slots).toBeLessThan((HORIZON + 1) * 1_000 * 4);
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
