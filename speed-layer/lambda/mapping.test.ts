import { describe, expect, it } from "vitest";
import { DELIVERED_RECORD_KIB_MAX, mappingFaults, type MappingState } from "./mapping.js";

const GOOD: MappingState = {
  StartingPosition: "TRIM_HORIZON",
  ParallelizationFactor: 1,
  MaximumRetryAttempts: -1,
  MaximumRecordAgeInSeconds: -1,
  FunctionResponseTypes: ["ReportBatchItemFailures"],
};

describe("an event source mapping", () => {
  it("is good as Lambda makes it, but for the partial answer", () => {
    expect(mappingFaults(GOOD, 1_024)).toEqual([]);
    expect(mappingFaults({}, 1_024)).toEqual([expect.stringMatching(/ReportBatchItemFailures/)]);
  });

  it.each<[keyof MappingState, MappingState]>([
    ["ParallelizationFactor", { ParallelizationFactor: 2 }],
    ["MaximumRetryAttempts", { MaximumRetryAttempts: 0 }],
    ["MaximumRecordAgeInSeconds", { MaximumRecordAgeInSeconds: 60 }],
    ["TumblingWindowInSeconds", { TumblingWindowInSeconds: 10 }],
    ["FilterCriteria", { FilterCriteria: { Filters: [{ Pattern: "{}" }] } }],
    ["StartingPosition", { StartingPosition: "LATEST" }],
  ])("would pass records over, or mix them, with another %s", (name, change) => {
    expect(mappingFaults({ ...GOOD, ...change }, 1_024)).toEqual([expect.stringContaining(name)]);
  });

  it("cannot deliver the largest records that a stream may be set to", () => {
    expect(mappingFaults(GOOD, DELIVERED_RECORD_KIB_MAX + 1)).toEqual([
      expect.stringMatching(/MaxRecordSizeInKiB/),
    ]);
  });
});
