import {
  type CompactedRecord,
  epochMs,
  type SegmentRecord,
  sequenceNumber,
  shardId,
  tick,
  type Tip,
} from "@freshet/model";

export const SHARD = shardId("shardId-000000000000");

export const aSegment = (overrides: Partial<SegmentRecord> = {}): SegmentRecord => ({
  version: 1,
  shard: SHARD,
  tick: tick(1_700_000_000),
  ordinal: 0,
  firstSequence: sequenceNumber(10),
  lastSequence: sequenceNumber(20),
  previousSequence: sequenceNumber(9),
  finished: false,
  ended: false,
  children: [],
  revision: 1,
  counts: { records: 11, events: 11, accepted: 9, duplicates: 1, rejected: { malformed: 1 } },
  newestTimeMs: epochMs(1_700_000_000_500),
  body: { kind: "inline", bytes: Uint8Array.of(0, 1, 255) },
  bodyHash: "ab".repeat(32),
  ...overrides,
});

export const aCompacted = (overrides: Partial<CompactedRecord> = {}): CompactedRecord => {
  const { shard, previousSequence, lastSequence, revision, counts, newestTimeMs, body, bodyHash } =
    aSegment();
  return {
    version: 1,
    shard,
    first: { tick: tick(10), ordinal: 0 },
    last: { tick: tick(20), ordinal: 3 },
    previousSequence,
    lastSequence,
    revision,
    counts,
    newestTimeMs,
    body,
    bodyHash,
    ...overrides,
  };
};

export const aTip = (overrides: Partial<Tip> = {}): Tip => ({
  shard: SHARD,
  atMs: epochMs(1000),
  lastSequence: sequenceNumber(5),
  ...overrides,
});
