import { describe, expect, it } from "vitest";
import { nothingMet, runWorld } from "./run.js";

const SEEDS = [1, 2, 3];
const STEPS = 16;

describe("speed, batch and a plain-array oracle", () => {
  it("agree exactly at every cut, for any split, restart, revert and rebuild, where live can know the copies", async () => {
    const met = nothingMet();
    for (const seed of SEEDS) await runWorld({ seed, steps: STEPS, farCopies: false, met });
    expect(met.near).toBeGreaterThan(20);
    expect(met.conflicts).toBeGreaterThan(5);
    expect(met.bad).toBeGreaterThan(20);
    expect(met.splits).toBeGreaterThan(1);
    expect(met.live).toBeGreaterThan(5);
    expect(met.settled).toBeGreaterThan(5);
  }, 120_000);

  it("agree exactly once settled, and live is never below the truth, where copies lie out of its reach", async () => {
    const met = nothingMet();
    for (const seed of SEEDS) await runWorld({ seed: 100 + seed, steps: STEPS, farCopies: true, met });
    expect(met.far).toBeGreaterThan(20);
    expect(met.batches).toBeGreaterThan(8);
  }, 120_000);
});
