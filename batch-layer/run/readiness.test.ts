import { type EpochMs, sequenceNumber, shardId } from "@freshet/model";
import { describe, expect, it } from "vitest";
import { checkBalanced, checkLanded } from "./preconditions.js";
import { batchReadiness, landedThrough, type ReadinessInput } from "./readiness.js";

const HOUR_MS = 3_600_000;
const [a, b] = [shardId("shardId-000000000000"), shardId("shardId-000000000001")];
const input = (overrides: Partial<ReadinessInput> = {}): ReadinessInput => ({
  nowMs: 10 * HOUR_MS + 60_000,
  shards: [a, b],
  landedThroughMs: new Map([
    [a, 10 * HOUR_MS],
    [b, 10 * HOUR_MS + 5],
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
    const landedThroughMs = new Map([[a, 10 * HOUR_MS - 1]]);
    expect(batchReadiness(input({ landedThroughMs }))).toEqual({
      kind: "waiting",
      throughMs: 10 * HOUR_MS,
      shards: [a, b],
    });
  });

  it("has nothing to do where the hour is settled, also where landing is late", () => {
    expect(batchReadiness(input({ batchThroughMs: 10 * HOUR_MS, landedThroughMs: new Map() }))).toEqual({
      kind: "settled",
      throughMs: 10 * HOUR_MS,
    });
  });
});

describe("before which arrival a shard has landed", () => {
  const place = { clockMs: 5 as EpochMs, ended: null, lastSequence: sequenceNumber(7) };
  const tip = { atMs: 9 as EpochMs, lastSequence: sequenceNumber(7) };

  it("is its clock, until landing has read all that a worker vouches for", () => {
    expect(landedThrough(place, null)).toBe(5);
    expect(landedThrough(place, { ...tip, lastSequence: sequenceNumber(8) })).toBe(5);
    expect(landedThrough(place, tip)).toBe(9);
    expect(landedThrough(place, { ...tip, atMs: 4 as EpochMs })).toBe(5);
    expect(landedThrough(null, { ...tip, lastSequence: null })).toBe(9);
    expect(landedThrough(null, tip)).toBe(Number.NEGATIVE_INFINITY);
    expect(landedThrough(null, null)).toBe(Number.NEGATIVE_INFINITY);
  });

  it("is all of time for one that has ended and landed whole", () => {
    expect(landedThrough({ ...place, ended: { children: [] } }, null)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("preconditions", () => {
  it("name the shards in which the hour has not landed, and how far it has", () => {
    const nowMs = 10 * HOUR_MS + 600_000;
    expect(checkLanded(input({ nowMs }), ["landed"])).toEqual({
      name: "landed",
      required: true,
      holds: true,
      detail: "what arrived before 1970-01-01T10:00:00.000Z has landed",
    });
    expect(checkLanded(input({ nowMs, landedThroughMs: new Map([[a, 9 * HOUR_MS]]) }), [])).toEqual({
      name: "landed",
      required: false,
      holds: false,
      detail: `before 1970-01-01T10:00:00.000Z lack ${a} (landed through 1970-01-01T09:00:00.000Z), ${b} (nothing landed yet)`,
    });
  });

  it("wait for an hour only when it has been over for a while", () => {
    const landedThroughMs = new Map([
      [a, 10 * HOUR_MS],
      [b, 10 * HOUR_MS],
    ]);
    const late = { landedThroughMs, batchThroughMs: null };
    expect(checkLanded(input({ ...late, nowMs: 11 * HOUR_MS + 599_999 }), []).holds).toBe(true);
    expect(checkLanded(input({ ...late, nowMs: 11 * HOUR_MS + 600_000 }), []).holds).toBe(false);
  });

  it("name the first segments in which the books differ", () => {
    const differing = Array.from({ length: 7 }, (_, tick) => ({ shard: a, tick, ordinal: 2 }) as never);
    expect(checkBalanced([], ["balanced"])).toMatchObject({ required: true, holds: true });
    expect(checkBalanced(differing.slice(0, 1), [])).toEqual({
      name: "balanced",
      required: false,
      holds: false,
      detail: `speed and batch differ in ${a} at segment 0.2`,
    });
    expect(checkBalanced(differing, []).detail).toMatch(/4\.2 and 2 more$/);
  });
});
