import {
  type EpochMs,
  type GenerationManifest,
  NO_SEQUENCE,
  type SegmentRecord,
  type ShardId,
} from "@freshet/model";
import { afterEach, describe, expect, it } from "vitest";
import { writeOff } from "../ledger/writeOffs.js";
import { firstApp } from "../testing/apps.js";
import { published } from "../testing/expect.js";
import { loseRawRows, withTrimmedLog } from "../testing/losses.js";
import { contentOf } from "../testing/stored.js";
import { createWorld, scheduleOf, type World } from "../testing/world.js";

let world: World;
afterEach(() => world.close());

const stream = async (seed: number): Promise<void> => {
  world = await createWorld(seed, scheduleOf({ app: firstApp }));
  await world.emit(150);
  await world.heartbeats();
  await world.heartbeats();
};

/** A finished segment in the middle of a shard, with at least two records. */
const victimOf = (records: readonly SegmentRecord[]): { before: SegmentRecord; victim: SegmentRecord } => {
  const of = records.filter(({ shard, finished }) => finished && shard === records[0]!.shard);
  const at = of.findIndex(({ counts }, index) => index > 8 && counts.records > 1 && counts.accepted > 1);
  return { before: of[at - 1]!, victim: of[at]! };
};

const cutOf = (manifest: GenerationManifest, shard: ShardId) => manifest.cut[shard]!.lastSequence;
const lastFinished = (records: readonly SegmentRecord[], shard: ShardId) =>
  records.findLast((record) => record.shard === shard && record.finished)!.lastSequence;

describe("a record that is lost", () => {
  it.each([1, 2, 3])(
    "from the raw lake holds the cut before its segment, by name, until the log is read again (seed %i)",
    async (seed) => {
      await stream(seed);
      const records = await world.record();
      await world.land();
      const { before, victim } = victimOf(records);
      const sequence = world.dice.pick([victim.firstSequence, victim.lastSequence]);
      expect(await loseRawRows(world.data, world.duckdb, `sequence = '${sequence}'`)).toMatchObject({
        rows: 1,
      });
      const held = published(await world.batch());
      expect(cutOf(held, victim.shard)).toBe(before.lastSequence);
      expect(held.disagreements).toEqual([
        expect.objectContaining({
          shard: victim.shard,
          tick: victim.tick,
          ordinal: victim.ordinal,
          speed: victim.counts,
        }),
      ]);
      expect(held.disagreements[0]!.batch.records).toBe(victim.counts.records - 1);
      for (const shard of Object.keys(held.cut) as ShardId[]) {
        if (shard !== victim.shard) expect(cutOf(held, shard)).toBe(lastFinished(records, shard));
      }
      const trimmed = await world.batch({ data: withTrimmedLog(world.data) });
      expect(trimmed).toMatchObject({ kind: "unchanged" });
      await world.data.records.remove("repairs");
      const mended = published(await world.batch());
      expect(mended.disagreements).toEqual([]);
      expect(cutOf(mended, victim.shard)).toBe(lastFinished(records, victim.shard));
    },
  );

  it.each([1, 2])("from speed's records holds the cut before it, by name (seed %i)", async (seed) => {
    await stream(seed);
    const { before, victim } = victimOf(await world.record(() => true));
    const records = await world.record(
      ({ shard, tick, ordinal }) =>
        shard === victim.shard && tick === victim.tick && ordinal === victim.ordinal,
    );
    await world.land();
    const held = published(await world.batch());
    expect(cutOf(held, victim.shard)).toBe(before.lastSequence);
    const { shard, tick, ordinal, firstSequence, lastSequence } = victim;
    expect(held.disagreements).toEqual([
      expect.objectContaining({ shard, tick, ordinal, firstSequence, lastSequence }),
    ]);
    expect(held.disagreements[0]!.batch).toMatchObject({
      records: victim.counts.records,
      events: victim.counts.events,
    });
    const files = await world.data.lake.list("raw/");
    expect(await world.batch()).toMatchObject({ kind: "unchanged" });
    expect(await world.batch()).toMatchObject({ kind: "unchanged" });
    expect(await world.data.lake.list("raw/")).toHaveLength(files.length + 1);
    await writeOff(world.data, { shard, firstSequence, lastSequence, reason: "the table lost it" });
    const mended = published(await world.batch());
    expect(mended.disagreements).toEqual([]);
    expect(cutOf(mended, shard)).toBe(lastFinished(records, shard));
    const counted = records
      .filter(({ finished }) => finished)
      .reduce((sum, { counts }) => sum + counts.events, 0);
    expect(mended.ledger.events).toBe(counted);
  });

  it("at the end of speed's records is missed by its tip", async () => {
    await stream(4);
    const all = await world.record(() => true);
    const shard = all[0]!.shard;
    const last = all.findLast((record) => record.shard === shard)!;
    await world.record((record) => record.shard === shard && record.lastSequence >= last.previousSequence!);
    await world.land();
    const held = published(await world.batch());
    expect(held.disagreements).toEqual([expect.objectContaining({ shard, lastSequence: last.lastSequence })]);
  });
});

describe("what an operator writes off", () => {
  it("lets the cut go on, and enters as a correction when it turns up", async () => {
    await stream(5);
    const records = await world.record();
    await world.land();
    const { victim } = victimOf(records);
    const { shard, firstSequence, lastSequence } = victim;
    const loss = await loseRawRows(world.data, world.duckdb, `sequence = '${firstSequence}'`);
    published(await world.batch());
    expect(await world.batch({ data: withTrimmedLog(world.data) })).toMatchObject({ kind: "unchanged" });
    await writeOff(world.data, { shard, firstSequence, lastSequence, reason: "a broken disk" });
    const without = published(await world.batch());
    expect(without.disagreements).toEqual([]);
    expect(without.writeOffs).toEqual([{ shard, firstSequence, lastSequence, reason: "a broken disk" }]);
    expect(cutOf(without, shard)).toBe(lastFinished(records, shard));
    expect(await world.batch()).toMatchObject({ kind: "unchanged" });
    await loss.bringBack();
    const corrected = published(await world.batch());
    expect(corrected.cut).toEqual(without.cut);
    expect(corrected.ledger.records).toBe(without.ledger.records + 1);
    expect(corrected.ledger.events).toBe(without.ledger.events + 1);
    const content = await contentOf(world.duckdb, world.data.lake, corrected);
    const rebuilt = published(await world.batch({ rebuild: true }));
    expect(await contentOf(world.duckdb, world.data.lake, rebuilt)).toEqual(content);
    await world.emit(40);
    await world.heartbeats();
    await world.heartbeats();
    await world.record();
    await world.land();
    const later = published(await world.batch());
    expect(later.disagreements).toEqual([]);
    expect(later.ledger.records).toBeGreaterThan(corrected.ledger.records);
  });
});

describe("a rebuild", () => {
  it("is refused where it would lose what was counted", async () => {
    await stream(6);
    const records = await world.record();
    await world.land();
    published(await world.batch());
    const { victim } = victimOf(records);
    await loseRawRows(world.data, world.duckdb, `sequence = '${victim.firstSequence}'`);
    const result = await world.batch({ rebuild: true });
    expect(result).toMatchObject({ kind: "refused", segments: [{ shard: victim.shard, tick: victim.tick }] });
  });
});

describe("records that were trimmed before they were landed", () => {
  it("hold the cut, by name, until they are written off", async () => {
    await stream(7);
    const records = await world.record();
    await world.data.log.trim(world.nowMs as EpochMs);
    await world.land();
    const held = published(await world.batch());
    const firsts = records.filter(({ previousSequence }) => previousSequence === null);
    expect(held.cut).toEqual({});
    expect(held.disagreements.map(({ shard, firstSequence }) => [shard, firstSequence])).toEqual(
      firsts.map(({ shard, firstSequence }) => [shard, firstSequence]),
    );
    for (const { shard } of firsts) {
      const lastSequence = lastFinished(records, shard);
      await writeOff(world.data, {
        shard,
        firstSequence: NO_SEQUENCE,
        lastSequence,
        reason: "trimmed",
      });
    }
    const mended = published(await world.batch());
    expect(mended.disagreements).toEqual([]);
    for (const { shard } of firsts) expect(cutOf(mended, shard)).toBe(lastFinished(records, shard));
    expect(mended.ledger.accepted).toBe(0);
  });
});
