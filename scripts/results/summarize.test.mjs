import { describe, expect, it } from "vitest";
import { summarize } from "./summarize.mjs";

const file = (assertionResults, status = "passed") => ({
  name: "a.test.ts",
  message: "broke",
  status,
  assertionResults,
});
const tests = (...statuses) => statuses.map((status, index) => ({ status, fullName: `test ${index}` }));
const step = (overrides) => ({ name: "test", exitCode: 0, results: { testResults: [] }, ...overrides });
const totals = (steps, realDataThere = false) => {
  const { passed, failed } = summarize(steps, { realDataThere });
  return { passed, failed };
};

describe("the sum of results", () => {
  it("adds up tests and checks", () => {
    const vitest = step({
      results: { testResults: [file(tests("passed", "passed")), file(tests("passed"))] },
    });
    const check = step({ name: "check", results: { kind: "check", passed: 5, failed: [] } });
    expect(totals([vitest, check])).toEqual({ passed: 8, failed: 0 });
  });

  it("counts and names what failed", () => {
    const results = { testResults: [file(tests("passed", "failed"), "failed")] };
    const { failed, lines } = summarize([step({ exitCode: 1, results })], { realDataThere: false });
    expect(failed).toBe(1);
    expect(lines).toContain("failed in test: test 1");
  });

  it("counts a file that could not be loaded", () => {
    expect(totals([step({ exitCode: 1, results: { testResults: [file([], "failed")] } })])).toEqual({
      passed: 0,
      failed: 1,
    });
  });

  it("believes an exit code over a clean list, and takes a missing or empty list for a failure", () => {
    const clean = { testResults: [file(tests("passed"))] };
    expect(totals([step({ exitCode: 1, results: clean })])).toEqual({ passed: 1, failed: 1 });
    expect(totals([step({ results: null })])).toEqual({ passed: 0, failed: 1 });
    expect(totals([step({})])).toEqual({ passed: 0, failed: 1 });
  });

  it("takes a skipped test for a failure only where it needs real data, and that is there", () => {
    const skipped = [
      { status: "skipped", fullName: "counts (needs ../shared)" },
      { status: "skipped", fullName: "refuses, unless it is run as root" },
    ];
    const steps = [step({ results: { testResults: [file([...tests("passed"), ...skipped])] } })];
    expect(totals(steps)).toEqual({ passed: 1, failed: 0 });
    expect(totals(steps, true)).toEqual({ passed: 1, failed: 1 });
  });
});
