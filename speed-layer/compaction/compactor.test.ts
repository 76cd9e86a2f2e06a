import {
  type CompactedRecord,
  decodeIncrement,
  measureFor,
  type PresentedValue,
  type SegmentRecord,
} from "@freshet/model";
import { describe, expect, it } from "vitest";
import { publishApp } from "../schedule/publish.js";
import { createRig, type Rig, settle } from "../world/rig.sim.js";
import { testApp } from "../world/testApp.sim.js";

const definitions = new Map(
  [...testApp(1).metrics, ...testApp(2).metrics].map((metric) => [metric.hash, metric]),
);
const measuresOf = (hash: string) =>
  definitions.get(hash)?.measures.map(({ spec }) => measureFor(spec)) ?? null;

/** What bodies amount to, summed without the compactor. */
const totals = async (rig: Rig, records: readonly (SegmentRecord | CompactedRecord)[]) => {
  const sums = new Map<string, unknown[]>();
  for (const { body } of records) {
    const bytes =
      body.kind === "inline"
        ? body.bytes
        : await rig.lake.get(body.path, { offset: body.offset, length: body.length });
    for (const { definition, groups } of decodeIncrement(bytes, measuresOf).metrics) {
      const measures = measuresOf(definition) ?? [];
      for (const { paneMs, key, states } of groups) {
        const name = `${definition} ${paneMs} ${key}`;
        const sum = sums.get(name) ?? measures.map((measure) => measure.zero());
        sums.set(
          name,
          measures.map((measure, index) => measure.merge(sum[index], states[index])),
        );
      }
    }
  }
  const presented = [...sums].map(([name, sum]): [string, PresentedValue[]] => {
    const measures = measuresOf(name.split(" ")[0] as string) ?? [];
    return [name, measures.map((measure, index) => measure.present(sum[index]))];
  });
  return presented.sort(([a], [b]) => (a < b ? -1 : 1));
};

const idle = async (rig: Rig): Promise<void> => {
  const crew = await rig.crew({ inlineBytesMax: 300 });
  await settle(crew);
  rig.nowMs += 20_000;
  for (let step = 0; step < 40; step++) await crew.step();
};

describe("compaction", () => {
  it("adds one record a finished minute, equal to the segments it covers, and deletes nothing", async () => {
    const rig = await createRig();
    const [shard] = rig.log.open as [never];
    for (let index = 0; index < 200; index++) {
      rig.put(shard, { page: `/${index % 9}`, user: `u${index % 31}`, amount: (index % 15) - 3 });
      rig.nowMs += 1_300;
    }
    await idle(rig);
    const stored = rig.stored(shard);
    const compacted = await rig.increments.compacted(shard);
    expect(compacted.length).toBeGreaterThanOrEqual(3);
    for (const run of compacted) {
      const covered = stored.filter(({ tick }) => tick >= run.first.tick && tick <= run.last.tick);
      expect(covered.length).toBeGreaterThan(10);
      expect(covered.every(({ finished }) => finished)).toBe(true);
      expect(new Set(covered.map(({ tick }) => Math.floor(tick / 60))).size).toBe(1);
      expect(run.previousSequence).toBe(covered[0]?.previousSequence);
      expect(run.lastSequence).toBe(covered.at(-1)?.lastSequence);
      expect(run.counts.accepted).toBe(covered.reduce((sum, { counts }) => sum + counts.accepted, 0));
      expect(run.counts.rejected).toEqual({
        out_of_range: covered.reduce((sum, { counts }) => sum + (counts.rejected.out_of_range ?? 0), 0),
      });
      expect(await totals(rig, [run])).toEqual(await totals(rig, covered));
    }
    expect(rig.stored(shard)).toEqual(stored);
  });

  it("never merges segments of different revisions, and goes on after a restart where it was", async () => {
    const rig = await createRig();
    const [shard] = rig.log.open as [never];
    await publishApp(rig.records, rig.log, testApp(2), rig.nowMs);
    const from = rig.nowMs + 3_600_000 - 90_000;
    rig.nowMs = from;
    for (let index = 0; index < 90; index++) {
      rig.put(shard, {});
      rig.nowMs += 1_000;
    }
    await idle(rig);
    const first = await rig.increments.compacted(shard);
    for (let index = 0; index < 90; index++) rig.put(shard, {});
    await idle(rig);
    const second = await rig.increments.compacted(shard);
    expect(second.slice(0, first.length)).toEqual(first);
    expect(new Set(second.map(({ first: key }) => `${key.tick}.${key.ordinal}`)).size).toBe(second.length);
    const stored = rig.stored(shard);
    for (const run of second) {
      const covered = stored.filter(({ tick }) => tick >= run.first.tick && tick <= run.last.tick);
      expect(new Set(covered.map(({ revision }) => revision))).toEqual(new Set([run.revision]));
    }
  });
});
