import { describe, expect, it } from "vitest";
import { levelFor } from "./sample.js";

describe("the sample of groups", () => {
  it.each([
    [{ groups: 1_000, events: 1_000 }, 0],
    [{ groups: 1_001, events: 2_000 }, 1],
    [{ groups: 8_000, events: 8_000 }, 3],
    [{ groups: 100, events: 16_000 }, 1],
    [{ groups: 35, events: 1_000_000 }, 2],
    [{ groups: 5, events: 1_000_000 }, 0],
  ])("of %j is halved %i times", (size, level) => {
    expect(levelFor(size, 1_000)).toBe(level);
  });
});
