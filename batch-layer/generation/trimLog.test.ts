import type { GenerationManifest, ShardId } from "@freshet/model";
import { expect, it } from "vitest";
import { trimBefore } from "./trimLog.js";

const shard = "s0" as ShardId;
const identity = { segmentMs: 1000, dedupeHorizonMs: 5_000 } as Parameters<typeof trimBefore>[2];
const aManifest = (
  ticks: Readonly<Record<string, number>>,
  ended: Record<string, string[]> = {},
): GenerationManifest =>
  ({
    cut: Object.fromEntries(
      Object.entries(ticks).map(([id, tick]) => [id, { tick, ordinal: 0, lastSequence: "1" }]),
    ),
    ended,
  }) as unknown as GenerationManifest;

it("keeps what a kept generation lacks, what a restart looks back to, and what is younger than asked", () => {
  const both = [aManifest({ s0: 100 }), aManifest({ s0: 70 })];
  expect(trimBefore(both, [shard], identity, 1_000_000, 0)).toBe(65_000);
  expect(trimBefore(both, [shard], identity, 80_000, 60_000)).toBe(20_000);
});

it("keeps everything before the first generation, and while a shard stands in no cut", () => {
  expect(trimBefore([], [shard], identity, 1_000_000, 0)).toBeNull();
  expect(trimBefore([aManifest({ s0: 70 })], [shard, "s1" as ShardId], identity, 1_000_000, 0)).toBeNull();
});

it("is not held back by a shard that has ended", () => {
  const manifest = aManifest({ s0: 10, c: 90 }, { s0: ["c"] });
  expect(trimBefore([manifest], [shard, "c" as ShardId], identity, 1_000_000, 0)).toBe(85_000);
});
