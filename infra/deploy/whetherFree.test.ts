import { describe, expect, it } from "vitest";
import { whyBusy } from "./whetherFree.js";

const stacks = (...statuses: readonly string[]) =>
  statuses.map((status, index) => ({ name: `freshet-staging-${index}`, status }));

describe("whether a stage is free", () => {
  it("is so where every stack has come to rest, or none is there", () => {
    expect(whyBusy([])).toBeNull();
    expect(
      whyBusy(stacks("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE")),
    ).toBeNull();
    // a change set that nobody executed
    expect(whyBusy(stacks("REVIEW_IN_PROGRESS"))).toBeNull();
  });

  it.each([
    "CREATE_IN_PROGRESS",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "DELETE_IN_PROGRESS",
    "ROLLBACK_IN_PROGRESS",
  ])("is not while one is in %s: the stack is named", (status) => {
    expect(whyBusy(stacks("CREATE_COMPLETE", status))).toMatch(
      new RegExp(`somebody else .*freshet-staging-1: ${status}.*wait`),
    );
  });

  it.each(["UPDATE_ROLLBACK_FAILED", "ROLLBACK_FAILED", "DELETE_FAILED"])(
    "is not after %s: it says what to do",
    (status) => {
      expect(whyBusy(stacks(status))).toMatch(/half-way .*continue its rollback/);
    },
  );
});
