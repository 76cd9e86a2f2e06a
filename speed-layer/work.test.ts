import { describe, expect, it } from "vitest";
import { inTurns, type Work } from "./work.js";

function* counting(slices: number, events: number): Work<string> {
  for (let slice = 0; slice < slices; slice++) yield events;
  return "done";
}

/** How often something else had its turn while the work was done. */
const turnsDuring = async (work: Work<string>): Promise<number> => {
  let turns = 0;
  let isOver = false;
  const other = (): void => {
    turns++;
    if (!isOver) setImmediate(other);
  };
  setImmediate(other);
  expect(await inTurns(work)).toBe("done");
  isOver = true;
  return turns;
};

describe("work in slices", () => {
  it("lets others have their turn every some thousand events, and at its end, but not for nothing", async () => {
    expect(await turnsDuring(counting(0, 0))).toBe(0);
    expect(await turnsDuring(counting(1, 1))).toBeGreaterThan(0);
    expect(await turnsDuring(counting(200, 1_000))).toBeGreaterThan(20);
    expect(await turnsDuring(counting(3, 1_000_000))).toBeGreaterThan(2);
  });
});
