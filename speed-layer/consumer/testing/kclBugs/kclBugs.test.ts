import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { withoutCure } from "./withoutCure.js";

type Scenario = { readonly scenario: () => Promise<void> };

const here = new URL("./", import.meta.url);
const bugs = readdirSync(here)
  .filter((name) => /^\d\d.*\.ts$/.test(name))
  .map((name) => name.replace(/\.ts$/, ""));

/** The bug classes of the KCL's issues: each cannot be had here, and can as soon as a small patch takes its cure out. */
describe("the bug classes of the KCL", () => {
  it("are all here", () => {
    const numbers = new Set(bugs.map((name) => Number(name.slice(0, 2))));
    expect([...numbers]).toEqual(Array.from({ length: 13 }, (_, index) => index + 1));
  });

  it.each(bugs)("%s: is not had", async (name) => {
    const { scenario } = (await import(/* @vite-ignore */ new URL(`${name}.ts`, here).href)) as Scenario;
    await scenario();
  });

  it.each(bugs)("%s: is had without its cure", async (name) => {
    await withoutCure(name, async (file) => {
      const { scenario } = (await import(/* @vite-ignore */ file)) as Scenario;
      await expect(scenario()).rejects.toMatchObject({ name: "AssertionError" });
    });
  });
});
