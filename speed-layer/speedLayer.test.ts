import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeIncrement, measureFor, type SegmentRecord } from "@freshet/model";
import { type DataDirectory, openDataDirectory } from "@freshet/storage";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { publishApp } from "./schedule/publish.js";
import { startSpeedLayer } from "./speedLayer.js";
import { testApp } from "./world/testApp.sim.js";

const logger = pino({ level: "silent" });
const create = { shards: 3, segmentMs: 1_000, segmentEventsMax: 1_000, dedupeHorizonMs: 120_000 };
let dir = "";
let data: DataDirectory;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "freshet-speed-"));
  data = await openDataDirectory(dir, { create });
  await publishApp(data.records, data.log, testApp(1), Date.now());
});
afterEach(async () => {
  await data.close();
  await rm(dir, { recursive: true });
});

const anEvent = (index: number, overrides: Record<string, unknown> = {}) => ({
  partitionKey: String(index),
  data: Buffer.from(
    JSON.stringify({
      type: "hit",
      id: String(index),
      time: Date.now(),
      page: `/${index % 10}`,
      user: `u${index}`,
      amount: index % 7,
      ...overrides,
    }),
  ),
});

const allSegments = async (): Promise<SegmentRecord[]> => {
  const shards = await data.log.shards();
  return (await Promise.all(shards.map(({ id }) => data.increments.segments(id, null, 10_000)))).flat();
};

const hitsIn = (records: readonly SegmentRecord[]): number => {
  const [pages] = testApp(1).metrics;
  const measures = pages?.measures.map(({ spec }) => measureFor(spec)) ?? [];
  return records
    .flatMap(({ body }) =>
      body.kind === "inline" ? decodeIncrement(body.bytes, () => measures).metrics : [],
    )
    .flatMap(({ groups }) => groups)
    .reduce((sum, group) => sum + (group.states[0] as number), 0);
};

describe("the speed layer on a data directory", () => {
  it("has folded all that was appended before the call once it has caught up", async () => {
    await data.log.append(Array.from({ length: 1_000 }, (_, index) => anEvent(index)));
    const layer = await startSpeedLayer({ store: { kind: "directory", dir }, threads: 0, logger });
    await data.log.append([anEvent(1), anEvent(2_000), anEvent(2_001, { amount: "no" })]);
    await layer.caughtUp();
    const records = await allSegments();
    const totals = { events: 0, accepted: 0, rejected: 0 };
    for (const { counts } of records) {
      totals.events += counts.events;
      totals.accepted += counts.accepted;
      totals.rejected += counts.rejected.wrong_type ?? 0;
    }
    expect(totals.events).toBe(1_003);
    expect(totals.rejected).toBe(1);
    expect(hitsIn(records)).toBe(totals.accepted);
    expect(await data.deadLetters.count()).toBe(1);
    await layer.stop();
  });

  it("goes on from its checkpoints after a stop, and through a split", async () => {
    const first = await startSpeedLayer({ store: { kind: "directory", dir }, threads: 0, logger });
    await data.log.append(Array.from({ length: 500 }, (_, index) => anEvent(index)));
    await first.caughtUp();
    await first.stop();
    const before = await allSegments();
    const [shard] = await data.log.shards();
    await data.log.split(shard!.id, shard!.hashRange.first + 2n ** 120n);
    await data.log.append(Array.from({ length: 500 }, (_, index) => anEvent(1_000 + index)));
    const second = await startSpeedLayer({ store: { kind: "directory", dir }, threads: 0, logger });
    await second.caughtUp();
    const after = await allSegments();
    expect(after.reduce((sum, { counts }) => sum + counts.accepted, 0)).toBe(1_000);
    expect(after.find((record) => record.shard === shard!.id && record.ended)?.children).toHaveLength(2);
    for (const record of before.filter(({ finished }) => finished)) expect(after).toContainEqual(record);
    await second.stop();
  });
});
