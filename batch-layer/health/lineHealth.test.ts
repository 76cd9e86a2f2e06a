import {
  type EpochMs,
  type GenerationManifest,
  sequenceNumber,
  shardId,
  type Tick,
  type Tip,
} from "@freshet/model";
import { describe, expect, it } from "vitest";
import { lineHealth } from "./lineHealth.js";

const [a, b] = [shardId("shardId-000000000000"), shardId("shardId-000000000001")];
const tip = (shard: typeof a, atMs: number): Tip => ({
  shard,
  atMs: atMs as EpochMs,
  lastSequence: sequenceNumber(1n),
});

const manifest = {
  cut: { [a]: { tick: 40 as Tick }, [b]: { tick: 30 as Tick } },
  ended: {},
  disagreements: [{}, {}],
  ledger: { rejected: { late: 2, invalid: 3 } },
} as unknown as GenerationManifest;

describe("the line's health", () => {
  it("is as fresh as its oldest shard that goes on, and settled through the least cut", () => {
    const tips = new Map([
      [a, tip(a, 99_000)],
      [b, tip(b, 95_000)],
    ]);
    const common = { nowMs: 100_000, segmentMs: 1_000, tips, manifest };
    expect(lineHealth({ ...common, open: [a, b] })).toEqual({
      freshnessMs: 5_000,
      settledAgeMs: 70_000,
      disagreements: 2,
      rejected: 5,
    });
    expect(lineHealth({ ...common, open: [a] }).freshnessMs).toBe(1_000);
  });

  it("says nothing of what is not known", () => {
    expect(lineHealth({ nowMs: 1, segmentMs: 1_000, open: [a], tips: new Map(), manifest: null })).toEqual({
      freshnessMs: null,
      settledAgeMs: null,
      disagreements: 0,
      rejected: 0,
    });
  });
});
