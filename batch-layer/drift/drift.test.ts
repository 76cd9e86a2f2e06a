import { createHash } from "node:crypto";
import { type GenerationManifest, type Schedule, type SegmentRecord, type ShardId } from "@freshet/model";
import { afterEach, describe, expect, it } from "vitest";
import { revertTo } from "../generation/revert.js";
import { writeOff } from "../ledger/writeOffs.js";
import { crowdedApp, firstApp, secondApp } from "../testing/apps.js";
import { expectedDrift } from "../testing/driftOracle.js";
import { published } from "../testing/expect.js";
import { liveBody } from "../testing/liveTwin.js";
import { readPlainly } from "../testing/plainRecount.js";
import { driftOf, storedDrift, storedHours } from "../testing/storedDrift.js";
import { loseRawRows, withTrimmedLog } from "../testing/losses.js";
import { createWorld, scheduleOf, type World } from "../testing/world.js";

let world: World;
afterEach(() => world.close());

const manifests = new Map<number, GenerationManifest>();

const oracle = async (manifest: GenerationManifest, schedule: Schedule) => {
  const { log } = world.data;
  const parents = new Map((await log.shards()).map((shard) => [shard.id, shard.parents]));
  const { segmentMs, dedupeHorizonMs } = log.identity;
  return expectedDrift({
    shards: await readPlainly(log, schedule),
    parentsOf: (shard: ShardId) => parents.get(shard) ?? [],
    schedule,
    horizonTicks: Math.floor(dedupeHorizonMs / segmentMs),
    segmentMs,
    manifests,
    manifest,
  });
};

const sum = (rows: readonly Readonly<Record<string, unknown>>[], cause: string): number =>
  rows.reduce((total, row) => total + Math.abs(Number(row[cause])), 0);

describe("drift by cause", () => {
  const tried = { far_duplicate: 0, cross_shard_duplicate: 0, conflict: 0, overflow: 0, late: 0, reverts: 0 };

  it.each([1, 2, 3])(
    "equals what plain arrays say, over reshards, reverts, revisions and a rebuild (seed %i)",
    async (seed) => {
      manifests.clear();
      world = await createWorld(seed, scheduleOf({ app: crowdedApp }));
      const { data, duckdb } = world;
      let manifest: GenerationManifest | null = null;
      const check = async (): Promise<void> => {
        if (!manifest) return;
        manifests.set(manifest.generation, manifest);
        const stored = await storedDrift(duckdb, data.lake, manifest);
        expect([...stored].sort()).toEqual([...(await oracle(manifest, world.schedule))].sort());
        const { settled, live } = await storedHours(duckdb, data.lake, manifest);
        expect(settled).toEqual(manifest.ledger);
        expect(live).toMatchObject({
          records: manifest.ledger.records,
          events: manifest.ledger.events,
          rejected: manifest.ledger.rejected,
        });
      };
      for (let round = 0; round < 4; round++) {
        await world.emit(60 + world.dice.below(100));
        if (round > 0 && world.dice.chance(0.7)) await world.splitOrMerge();
        if (round === 2) {
          const fromMs = world.nowMs + 5000;
          world.nowMs += 6000;
          await world.publishApps(scheduleOf({ app: crowdedApp }, { app: secondApp, fromMs }));
        }
        await world.heartbeats();
        await world.record();
        await world.land();
        const result = await world.batch();
        if (result.kind === "published") manifest = result.manifest;
        await check();
        if (manifest?.parent && world.dice.chance(0.4)) {
          await revertTo({ data, generation: manifest.parent });
          tried.reverts += 1;
        }
      }
      await world.emit(60);
      await world.heartbeats();
      await world.record();
      await world.land();
      manifest = published(await world.batch());
      await check();
      const rows = await driftOf(duckdb, data.lake, manifest);
      expect(sum(rows, "defect")).toBe(0);
      expect(manifest.reconciliation).toMatchObject({ unread: [] });
      for (const cause of ["far_duplicate", "cross_shard_duplicate", "conflict", "overflow", "late"] as const)
        tried[cause] += sum(rows, cause);
      const stored = [...(await storedDrift(duckdb, data.lake, manifest))].sort();
      const again = published(await world.batch({ rebuild: true }));
      expect([...(await storedDrift(duckdb, data.lake, again))].sort()).toEqual(stored);
      await revertTo({ data, generation: manifest.parent! });
      const rebuilt = published(await world.batch({ rebuild: true }));
      const numbered = (rows: readonly string[], generation: number): readonly string[] =>
        rows.map((row) => row.replace(new RegExp(`^${generation} `), "last ")).sort();
      expect(numbered(await storedDrift(duckdb, data.lake, rebuilt), rebuilt.generation)).toEqual(
        numbered(stored, manifest.generation),
      );
    },
    120_000,
  );

  it("was tried with every cause", () => {
    for (const [cause, count] of Object.entries(tried)) expect([cause, count > 0]).toEqual([cause, true]);
  });
});

/** One finished increment, changed by hand: the first of its events is left out. */
const withoutFirst = async (records: readonly SegmentRecord[]): Promise<SegmentRecord> => {
  const shards = await readPlainly(world.data.log, world.schedule);
  const segments = shards.flatMap((shard) => shard.segments);
  const victim = records.find((record, index) => {
    if (index < 5 || !record.finished || record.counts.accepted < 2) return false;
    return record.counts.accepted === record.counts.events;
  })!;
  const segment = segments.find(
    ({ shard, key }) => shard === victim.shard && key.tick === victim.tick && key.ordinal === victim.ordinal,
  )!;
  const bytes = liveBody(world.schedule, victim.revision, segment.events.slice(1));
  return {
    ...victim,
    body: { kind: "inline", bytes },
    bodyHash: createHash("sha256").update(bytes).digest("hex"),
  };
};

describe("an increment that is not what the log says", () => {
  it.each([1, 2])("is named a defect, in its panes alone (seed %i)", async (seed) => {
    world = await createWorld(seed, scheduleOf({ app: firstApp }));
    await world.emit(100);
    await world.heartbeats();
    await world.heartbeats();
    const changed = await withoutFirst(await world.record(() => true));
    await world.data.increments.writeSegment(changed);
    await world.record(
      ({ shard, tick, ordinal }) =>
        shard === changed.shard && tick === changed.tick && ordinal === changed.ordinal,
    );
    await world.land();
    const manifest = published(await world.batch());
    const rows = await driftOf(world.duckdb, world.data.lake, manifest);
    const found = rows.filter((row) => Number(row["defect"]) !== 0);
    expect(new Set(found.map((row) => `${row["definition"] as string} ${row["pane"] as number}`)).size).toBe(
      new Set(found.map((row) => row["definition"])).size,
    );
    expect(found.some(({ measure, defect }) => measure === "visits" && defect === -1)).toBe(true);
    expect(found.some(({ measure, defect }) => measure === null && defect === 1)).toBe(true);
  });

  it("or is damaged is unknown, with its events, and no defect", async () => {
    world = await createWorld(3, scheduleOf({ app: firstApp }));
    await world.emit(100);
    await world.heartbeats();
    await world.heartbeats();
    const changed = await withoutFirst(await world.record(() => true));
    await world.data.increments.writeSegment({ ...changed, bodyHash: "0".repeat(64) });
    await world.record(
      ({ shard, tick, ordinal }) =>
        shard === changed.shard && tick === changed.tick && ordinal === changed.ordinal,
    );
    await world.land();
    const manifest = published(await world.batch());
    expect(manifest.reconciliation?.unread).toEqual([
      { generation: 1, segments: 1, detail: expect.stringContaining("its hash is") as unknown },
    ]);
    const rows = await driftOf(world.duckdb, world.data.lake, manifest);
    expect(sum(rows, "defect")).toBe(0);
    expect(sum(rows, "unknown")).toBeGreaterThan(0);
  });
});

describe("a metric of very many groups", () => {
  it.each([1, 2])("is compared by a sample of them, its amounts whole (seed %i)", async (seed) => {
    world = await createWorld(seed, scheduleOf({ app: firstApp }));
    await world.emit(250);
    await world.heartbeats();
    await world.heartbeats();
    await world.record();
    await world.land();
    const { data, duckdb } = world;
    const whole = published(await world.batch());
    const all = await driftOf(duckdb, data.lake, whole);
    await data.records.remove("generation");
    const sampled = published(await world.batch({ comparedGroupsMax: 40 }));
    const some = await driftOf(duckdb, data.lake, sampled);
    expect(sum(all, "defect")).toBe(0);
    expect(sum(some, "defect")).toBe(0);
    const amounts = (rows: typeof all) =>
      rows
        .filter(({ live }) => live !== null)
        .map(({ pane, measure, live, settled, conflict, far_duplicate }) => ({
          ...{ pane, measure, live, settled, conflict, far_duplicate },
        }));
    expect(amounts(some)).toEqual(amounts(all));
    const groups = (rows: typeof all): number =>
      sum(
        rows.filter(({ measure }) => measure === null),
        "compared",
      );
    const shares = new Set(some.map(({ share }) => share as number));
    expect(Math.min(...shares)).toBeLessThan(1);
    expect(groups(some)).toBeGreaterThan(5);
    expect(groups(some)).toBeLessThan(groups(all) / 2);
  });
});

describe("what an operator wrote off", () => {
  it("is no defect, and what turns up of it is not either", async () => {
    world = await createWorld(5, scheduleOf({ app: firstApp }));
    const { data, duckdb } = world;
    await world.emit(150);
    await world.heartbeats();
    await world.heartbeats();
    const records = await world.record();
    await world.land();
    const victim = records.find(
      ({ finished, counts }, index) =>
        index > 8 && finished && counts.accepted > 1 && counts.accepted === counts.records,
    )!;
    const { shard, firstSequence, lastSequence } = victim;
    const loss = await loseRawRows(data, duckdb, `sequence = '${firstSequence}'`);
    published(await world.batch());
    expect(await world.batch({ data: withTrimmedLog(data) })).toMatchObject({ kind: "unchanged" });
    await writeOff(data, { shard, firstSequence, lastSequence, reason: "a broken disk" });
    const without = published(await world.batch());
    const before = await driftOf(duckdb, data.lake, without);
    expect(sum(before, "defect")).toBe(0);
    expect(
      before.filter(({ measure }) => measure === "visits").map((row) => Number(row["written_off"])),
    ).toContain(1);
    await loss.bringBack();
    const corrected = published(await world.batch());
    const after = await driftOf(duckdb, data.lake, corrected);
    expect(sum(after, "defect")).toBe(0);
    const visits = after.filter(({ measure }) => measure === "visits");
    expect(visits.reduce((total, row) => total + Number(row["written_off"]), 0)).toBe(0);
    const { settled } = await storedHours(duckdb, data.lake, corrected);
    expect(settled).toEqual(corrected.ledger);
  });
});
