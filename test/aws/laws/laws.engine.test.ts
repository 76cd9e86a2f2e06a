import { describe, expect, it } from "vitest";
import { nothingMet } from "./met.js";
import { runWireWorld } from "./run.js";
import { expectTried } from "./tried.js";

/** How many worlds, and the seed of the first: `FRESHET_LAWS=count[:seed]`. */
const [count = 2, first = 100] = (process.env["FRESHET_LAWS"] ?? "").split(":").filter(Boolean).map(Number);
const seeds = Array.from({ length: count }, (_, index) => first + index);

describe("laws 2 to 5 and 7 over the wire", () => {
  it.each(seeds)("hold in the world of seed %i", async (seed) => {
    const met = nothingMet();
    await runWireWorld(seed, seed % 2 === 0 ? "polling" : "fanOut", met);
    expectTried(met, 1);
    expect(met.questions).toBe(met.live + met.settled);
  });
});
