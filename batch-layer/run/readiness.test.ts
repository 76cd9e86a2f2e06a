import { type EpochMs, shardId } from "@freshet/model";
import { describe, expect, it } from "vitest";
import { batchReadiness, type ReadinessInput } from "./readiness.js";

const HOUR_MS = 3_600_000;
const [a, b] = [shardId("shardId-000000000000"), shardId("shardId-000000000001")];
const place = (clockMs: number, ended = false) => ({
  clockMs: clockMs as EpochMs,
  ended: ended ? { children: [] } : null,
});
const input = (overrides: Partial<ReadinessInput> = {}): ReadinessInput => ({
  nowMs: 10 * HOUR_MS + 60_000,
  shards: [a, b],
  places: new Map([
    [a, place(10 * HOUR_MS)],
    [b, place(10 * HOUR_MS + 5)],
  ]),
  batchThroughMs: 9 * HOUR_MS,
  ...overrides,
});

describe("whether batch may run", () => {
  it("is so once every shard's landing has passed the last whole hour", () => {
    expect(batchReadiness(input())).toEqual({ kind: "ready", throughMs: 10 * HOUR_MS });
    expect(batchReadiness(input({ batchThroughMs: null }))).toMatchObject({ kind: "ready" });
  });

  it("waits for shards that are late, and for those of which nothing has landed, and names them", () => {
    const late = new Map([[a, place(10 * HOUR_MS - 1)]]);
    expect(batchReadiness(input({ places: late }))).toEqual({
      kind: "waiting",
      throughMs: 10 * HOUR_MS,
      shards: [a, b],
    });
  });

  it("does not wait for a shard that has ended and landed whole", () => {
    const places = new Map([
      [a, place(3 * HOUR_MS, true)],
      [b, place(10 * HOUR_MS)],
    ]);
    expect(batchReadiness(input({ places })).kind).toBe("ready");
  });

  it("has nothing to do where the hour is settled, also where landing is late", () => {
    expect(batchReadiness(input({ batchThroughMs: 10 * HOUR_MS, places: new Map() }))).toEqual({
      kind: "settled",
      throughMs: 10 * HOUR_MS,
    });
  });
});
