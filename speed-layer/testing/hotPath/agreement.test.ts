import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { differenceOfGroups, faultAgainstAnswers } from "./agreement.js";
import { type ClickRecords, clickRecords, readsOf, responsesOf } from "./clickRecords.js";
import { createResponsePath } from "./responsePath.js";
import { createShardPath } from "./shardPath.js";
import { groupsOfBody, groupsOfRows } from "./foldedGroups.js";
import { createIdiomatic } from "./idiomatic.js";
import type { Pipeline, Segment } from "./pipeline.js";

const run = (pipeline: Pipeline, clicks: ClickRecords) => {
  for (const records of readsOf(clicks)) pipeline.take(records);
  return pipeline.finish();
};

const comparable = ({ tick, counts, body }: Segment) => ({
  tick,
  counts,
  body: createHash("sha256").update(body).digest("hex"),
});

describe("what the benchmark of the hot path compares", () => {
  const shares = { view: 0.85, duplicate: 0.05, late: 0.02, odd: 0.02 };
  const clicks = clickRecords(60_000, { seed: 11, eventsPerSecond: 20_000, users: 50_000, shares });
  const fast = run(createShardPath("always")(), clicks);
  const idiomatic = run(createIdiomatic(true)(), clicks);

  it("comes to the known answers of the stream, both ways", () => {
    expect(faultAgainstAnswers(fast, groupsOfBody, clicks.answers)).toBeNull();
    expect(faultAgainstAnswers(idiomatic, groupsOfRows, clicks.answers)).toBeNull();
    const { ledger, late } = clicks.answers;
    expect(Math.min(late, ledger.duplicates, ledger.rejected.malformed ?? 0)).toBeGreaterThan(200);
  });

  it("comes to the same from GetRecords responses", () => {
    const responses = responsesOf(clicks, 3);
    for (const [pipeline, expected] of [
      [createResponsePath("never")(), fast],
      [createIdiomatic(false)(), idiomatic],
    ] as const) {
      for (const body of responses) pipeline.takeResponse(body);
      expect(pipeline.finish().map(comparable)).toEqual(expected.map(comparable));
    }
  });

  it("is equal, segment by segment and group by group", () => {
    expect(fast.map(({ tick }) => tick)).toEqual(idiomatic.map(({ tick }) => tick));
    fast.forEach((segment, index) => {
      const twin = idiomatic[index];
      if (!twin) throw new Error("a segment too few");
      expect(segment.counts).toEqual(twin.counts);
      expect(differenceOfGroups(groupsOfBody(segment.body), groupsOfRows(twin.body))).toBeNull();
    });
    expect(fast.length).toBeGreaterThan(2);
  });
});
