import { describe, expect, it } from "vitest";
import { dice } from "../../testing/aws/faults.js";
import { createWritesInOrder } from "./inOrder.js";

const SEED = 31;
const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe("writes in order", () => {
  it(`take effect, for each name, as a beginning of what was asked for, whichever fail (seed ${SEED})`, async () => {
    const roll = dice(SEED);
    const seen = { effective: 0, lost: 0, overlapping: 0 };
    for (let round = 0; round < 100; round++) {
      const ordered = createWritesInOrder();
      const effects: number[][] = [[], []];
      let running = 0;
      const asked = Array.from({ length: 20 }, (_, index) => {
        const name = index % 2;
        const fails = roll() < 0.1;
        return ordered.run(String(name), async () => {
          running += 1;
          if (running > 1) seen.overlapping += 1;
          expect(running).toBeLessThanOrEqual(2);
          await turns(Math.floor(roll() * 4));
          running -= 1;
          if (fails) throw new Error("write");
          effects[name]?.push(index);
        });
      });
      const outcomes = await Promise.allSettled(asked);
      for (const name of [0, 1]) {
        const own = outcomes.flatMap((outcome, index) => (index % 2 === name ? [{ outcome, index }] : []));
        const kept = own.filter(({ outcome }) => outcome.status === "fulfilled").map(({ index }) => index);
        expect(effects[name]).toEqual(kept);
        expect(kept).toEqual(own.slice(0, kept.length).map(({ index }) => index));
        seen.effective += kept.length;
        seen.lost += own.length - kept.length;
      }
      await ordered.run("0", async () => {
        effects[0]?.push(99);
      });
      expect(effects[0]?.at(-1)).toBe(99);
    }
    expect(seen.effective).toBeGreaterThan(300);
    expect(seen.lost).toBeGreaterThan(300);
    expect(seen.overlapping).toBeGreaterThan(300);
  });
});
