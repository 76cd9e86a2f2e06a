import { describe, expect, it } from "vitest";
import { picture } from "./picture.mjs";
import { describe as described, isWithin, parseResult, reachesAim } from "./result.mjs";

const machine = { node: "v20.19.0", cpu: "A & B", cores: 2, date: "2026-01-05" };
const row = {
  name: "fast <path>",
  value: 2_500_000,
  unit: "events/s",
  ratio: 12.5,
  min: 7,
  aim: 12,
  chart: "rates",
};
const stage = { name: "read", value: 150, unit: "ns/event", chart: "stages" };

describe("a line of results", () => {
  it("is told from other output", () => {
    expect(parseResult(JSON.stringify(row))).toEqual(row);
    for (const line of ["3 rounds", "{", '{"name":"a"}']) expect(parseResult(line)).toBeNull();
  });

  it("keeps its bound by ratio, or by value where it has none", () => {
    expect(isWithin(row)).toBe(true);
    expect(isWithin({ ...row, ratio: 6.9 })).toBe(false);
    expect(isWithin({ name: "memory", value: 251, unit: "MB", max: 250 })).toBe(false);
    expect(reachesAim(row)).toBe(true);
    expect(reachesAim({ name: "memory", value: 201, unit: "MB", max: 250, aim: 200 })).toBe(false);
  });

  it("is shown with its details", () => {
    const shown = described({ ...row, seed: 7, share: 1 / 3 });
    expect(shown).toContain(
      "fast <path>: 2.5 M events/s | 12.50 x its twin | at least 7 | aim 12 | seed 7, share 0.333",
    );
  });
});

describe("the picture", () => {
  it("has a bar for each row that has a twin, and the stages", () => {
    const svg = picture(
      [row, stage, { ...stage, name: "emit" }, { name: "other", value: 1, unit: "s" }],
      machine,
    );
    expect(svg).toContain("fast &lt;path&gt;");
    expect(svg).toContain("A &amp; B");
    expect(svg).toContain("12.50 x · 2.5 M events/s");
    expect(svg).toContain("Where the time goes: 300 ns/event");
    expect(svg).not.toContain("other");
    expect(svg).not.toContain("NaN");
  });

  it("is none where there is nothing to show", () => {
    expect(picture([{ name: "other", value: 1, unit: "s" }], machine)).toBeNull();
  });
});
