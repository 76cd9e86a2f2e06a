import { type EpochMs, sequenceNumber, shardId, tick } from "@freshet/model";
import { encodeAggregate } from "@freshet/kpl";
import { createRecordBatch, type LogRecord } from "@freshet/storage";
import { describe, expect, it } from "vitest";
import { createIdentitySet } from "../fold/identitySet.js";
import { advanceKnownThrough, publishApp } from "../schedule/publish.js";
import { createRuleBook } from "../schedule/ruleBook.js";
import { createMemoryLog } from "../world/memoryLog.sim.js";
import { createMemoryLake, createMemoryRecords } from "../world/memoryStores.sim.js";
import { testApp } from "../world/testApp.sim.js";
import type { Work } from "../work.js";
import { checkpointAtBeginning } from "./checkpoint.js";
import { createHorizonMarks } from "./horizon.js";
import { createShardFold } from "./shardFold.js";

const NOW_MS = 1_700_000_000_000;
const EVENTS = 30_000;
const GROUPS = 20_000;
/** What a slice may be at most, in events: some milliseconds of work. */
const SLICE_MAX = 8_192;

const eventOf = (index: number): Buffer =>
  Buffer.from(
    JSON.stringify({
      type: "hit",
      id: `e${index}`,
      time: NOW_MS,
      page: `/page/${index % GROUPS}`,
      user: `u${index}`,
      amount: index % 50 === 0 ? 1_000 : 1,
    }),
  );

const aggregateOf = (from: number, count: number): Uint8Array =>
  encodeAggregate(
    Array.from({ length: count }, (_, index) => ({ partitionKey: "p", data: eventOf(from + index) })),
  );

const recordOf = (data: Uint8Array, index: number, arrivalMs: number): LogRecord => ({
  sequence: sequenceNumber(index + 1),
  arrivalMs: arrivalMs as EpochMs,
  partitionKey: "p",
  data,
});

const aFold = async () => {
  const records = createMemoryRecords();
  const log = createMemoryLog({
    shards: 1,
    segmentMs: 1_000,
    segmentEventsMax: 1_000_000,
    horizonTicks: 10,
    now: () => NOW_MS,
    step: () => 1,
  });
  await publishApp(records, log, testApp(1, 100_000), NOW_MS);
  await advanceKnownThrough(records, tick(NOW_MS / 1_000 + 100));
  const rules = createRuleBook(records, createMemoryLake());
  await rules.prepare(tick(NOW_MS / 1_000));
  return createShardFold({
    checkpoint: checkpointAtBeginning("world", shardId("a"), -1),
    adopted: null,
    settings: log.identity,
    identities: createIdentitySet(10),
    marks: createHorizonMarks(10),
    rules,
    batch: createRecordBatch({ digest: "always" }),
  });
};

const done = <Result>(work: Work<Result>, slices: number[]): Result => {
  for (;;) {
    const { done: isDone, value } = work.next();
    if (isDone) return value;
    slices.push(value);
  }
};

describe("the fold of a shard", () => {
  it("is fed and drained in small slices, however large a record or a body, to the same bytes", async () => {
    const feeds = [
      [recordOf(aggregateOf(0, EVENTS), 0, NOW_MS)],
      Array.from({ length: EVENTS / 3 }, (_, index) => recordOf(aggregateOf(index * 3, 3), index, NOW_MS)),
    ];
    const outputs = [];
    for (const feed of feeds) {
      const fold = await aFold();
      const slices: number[] = [];
      const taken = done(fold.take(feed), slices);
      expect(taken).toEqual({ records: feed.length, events: EVENTS, rejected: EVENTS / 50, blockedAt: null });
      expect(slices.length).toBeGreaterThan(EVENTS / SLICE_MAX);
      expect(Math.max(...slices)).toBeLessThanOrEqual(SLICE_MAX);
      const emitted: number[] = [];
      const output = done(fold.drain(), emitted);
      expect(emitted.length).toBeGreaterThan(GROUPS / SLICE_MAX);
      expect(Math.max(...emitted)).toBeLessThanOrEqual(SLICE_MAX);
      outputs.push(output);
    }
    const [atOnce, inParts] = outputs;
    const [one, other] = [atOnce?.segments[0], inParts?.segments[0]];
    expect(one?.record.counts.accepted).toBe(EVENTS - EVENTS / 50);
    expect(one?.record.bodyHash).toBe(other?.record.bodyHash);
    expect(atOnce?.letters.map(({ body }) => body)).toEqual(inParts?.letters.map(({ body }) => body));
    expect(inParts?.letters[1]).toMatchObject({
      sequence: sequenceNumber(17),
      subsequence: 2,
      reason: "out_of_range",
    });
  });

  it("encodes a segment that is finished in slices too, before it takes what comes after", async () => {
    const fold = await aFold();
    const slices: number[] = [];
    const feed = [recordOf(aggregateOf(0, EVENTS), 0, NOW_MS), recordOf(eventOf(EVENTS), 1, NOW_MS + 5_000)];
    done(fold.take(feed), slices);
    expect(slices.length).toBeGreaterThan(EVENTS / SLICE_MAX + GROUPS / SLICE_MAX);
    expect(Math.max(...slices)).toBeLessThanOrEqual(SLICE_MAX);
    expect(fold.pending.segments).toBe(1);
    expect(fold.pending.bytes).toBeGreaterThan(GROUPS);
  });
});
