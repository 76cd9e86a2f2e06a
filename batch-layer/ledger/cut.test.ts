import {
  type CutPoint,
  type LedgerCounts,
  type SequenceNumber,
  sequenceNumber,
  type ShardId,
  type Tick,
} from "@freshet/model";
import { describe, expect, it } from "vitest";
import { advanceCut, type CutInput, isWrittenOff } from "./cut.js";
import { familyOf } from "./family.js";
import type { FinishedSegment } from "./finishedSegment.js";

const A = "a" as ShardId;
const B = "b" as ShardId;
const C = "c" as ShardId;
const counts = (events: number, duplicates = 0): LedgerCounts => ({
  records: events,
  events,
  accepted: events - duplicates,
  duplicates,
  rejected: {},
});

const aSegment = (shard: ShardId, tick: number, more: Partial<FinishedSegment> = {}): FinishedSegment => ({
  shard,
  tick: tick as Tick,
  ordinal: 0,
  firstSequence: sequenceNumber(tick * 10),
  lastSequence: sequenceNumber(tick * 10 + 9),
  previousSequence: tick > 1 ? sequenceNumber(tick * 10 - 1) : null,
  revision: 1,
  counts: counts(10),
  gap: false,
  children: null,
  ...more,
});

const point = (tick: number): CutPoint => ({
  tick: tick as Tick,
  ordinal: 0,
  lastSequence: sequenceNumber(tick * 10 + 9),
});

const advance = (input: Partial<CutInput>) =>
  advanceCut({
    cut: {},
    ended: {},
    chains: [],
    differences: [],
    family: familyOf([], {}),
    landed: () => true,
    writeOffs: [],
    unauditedThrough: () => -1,
    horizonTicks: 3,
    ...input,
  });
const chain = (shard: ShardId, segments: readonly FinishedSegment[]) => ({ shard, segments, missing: null });

describe("advanceCut", () => {
  it("goes as far as all has landed, and names nothing that is only not there yet", () => {
    const landed = (_: ShardId, through: SequenceNumber): boolean => through <= sequenceNumber(29);
    const segments = [1, 2, 3].map((tick) => aSegment(A, tick));
    const difference = { shard: A, tick: 3 as Tick, ordinal: 0, batch: counts(4) };
    const { cut, disagreements } = advance({
      chains: [chain(A, segments)],
      landed,
      differences: [difference],
    });
    expect(cut).toEqual({ [A]: point(2) });
    expect(disagreements).toEqual([]);
  });

  it("names the first segment that differs, and holds back its shard and its descendants only", () => {
    const family = familyOf([{ id: C, parents: [A] }], {});
    const chains = [
      chain(C, [aSegment(C, 5)]),
      chain(A, [aSegment(A, 1), aSegment(A, 2), aSegment(A, 3, { children: [C] })]),
      chain(B, [aSegment(B, 1), aSegment(B, 2)]),
    ];
    const differences = [2, 3].map((tick) => ({
      shard: A,
      tick: tick as Tick,
      ordinal: 0,
      batch: counts(9),
    }));
    const held = advance({ chains, family, differences });
    expect(held.cut).toEqual({ [A]: point(1), [B]: point(2) });
    expect(held.disagreements).toEqual([
      expect.objectContaining({ shard: A, tick: 2, speed: counts(10), batch: counts(9) }),
    ]);
    const agreed = advance({ chains, family });
    expect(agreed.cut).toEqual({ [A]: point(3), [B]: point(2), [C]: point(5) });
    expect(agreed.ended).toEqual({ [A]: [C] });
  });

  it("passes a written-off segment, and for a horizon after it compares all but duplicates", () => {
    const writeOffs = [
      { shard: A, firstSequence: sequenceNumber(10), lastSequence: sequenceNumber(19), reason: "lost" },
    ];
    const differences = [1, 2, 4, 5].map((tick) => ({
      shard: A,
      tick: tick as Tick,
      ordinal: 0,
      batch: counts(10, 1),
    }));
    const segments = [1, 2, 3, 4, 5].map((tick) => aSegment(A, tick));
    const { cut, disagreements } = advance({ chains: [chain(A, segments)], differences, writeOffs });
    expect(cut[A]).toEqual(point(4));
    expect(disagreements).toEqual([expect.objectContaining({ tick: 5 })]);
    const lost = differences.with(1, { ...differences[1]!, batch: counts(9) });
    expect(advance({ chains: [chain(A, segments)], differences: lost, writeOffs }).cut[A]).toEqual(point(1));
  });

  it("never passes a gap that nobody wrote off, though both count nothing", () => {
    const segments = [aSegment(A, 1), aSegment(A, 2, { gap: true, counts: counts(0) }), aSegment(A, 3)];
    const { cut, disagreements } = advance({ chains: [chain(A, segments)] });
    expect(cut[A]).toEqual(point(1));
    expect(disagreements).toEqual([expect.objectContaining({ tick: 2, speed: counts(0), batch: counts(0) })]);
    const writeOffs = [
      { shard: A, firstSequence: sequenceNumber(20), lastSequence: sequenceNumber(29), reason: "trimmed" },
    ];
    expect(advance({ chains: [chain(A, segments)], writeOffs }).cut[A]).toEqual(point(3));
  });

  it("writes off by a segment's last sequence", () => {
    const entry = {
      shard: A,
      firstSequence: sequenceNumber(15),
      lastSequence: sequenceNumber(29),
      reason: "x",
    };
    expect([1, 2, 3].map((tick) => isWrittenOff([entry], aSegment(A, tick)))).toEqual([true, true, false]);
    expect(isWrittenOff([entry], aSegment(B, 2))).toBe(false);
  });
});
