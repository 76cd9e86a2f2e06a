import { describe, expect, it } from "vitest";
import { EMPTY_SHARD_TICK, type Schedule, SCHEDULE } from "@freshet/model";
import type { Versioned } from "@freshet/storage";
import type { Checkpoint } from "../shard/checkpoint.js";
import { createRuleBook } from "../schedule/ruleBook.js";
import { faultsOf } from "./compare.sim.js";
import { createMemoryLake } from "./memoryStores.sim.js";
import { type Mistakes, runWorld } from "./world.sim.js";

const WORLDS = 24;
const seeds = Array.from({ length: WORLDS }, (_, index) => index + 1);

describe("worlds of crashes, thefts, reshards, late and doubled events, and a deploy", () => {
  it("end with the segments of the plain-array oracle, their bodies the same however often they were written", async () => {
    const met = { crashes: 0, thefts: 0, reshards: 0, late: 0, writes: 0 };
    const counted = { events: 0, duplicates: 0, rejected: 0, secondRevision: 0, objects: 0 };
    for (const seed of seeds) {
      const world = await runWorld(seed);
      expect(await faultsOf(world), `seed ${seed}`).toEqual([]);
      for (const name of Object.keys(met) as (keyof typeof met)[]) met[name] += world.met[name];
      let rejected = 0;
      for (const shard of world.log.all.keys()) {
        for (const { counts, revision, body } of world.increments.all(shard)) {
          counted.events += counts.events;
          counted.duplicates += counts.duplicates;
          rejected += Object.values(counts.rejected).reduce((sum, one) => sum + one, 0);
          if (revision === 2) counted.secondRevision++;
          if (body.kind === "object") counted.objects++;
        }
      }
      expect(world.deadLetters.all.size, `seed ${seed}`).toBe(rejected);
      counted.rejected += rejected;
    }
    expect(met.crashes).toBeGreaterThan(WORLDS * 3);
    expect(met.thefts).toBeGreaterThan(WORLDS * 3);
    expect(met.reshards).toBeGreaterThan(WORLDS * 2);
    expect(met.late).toBeGreaterThan(WORLDS * 10);
    expect(counted.duplicates).toBeGreaterThan(WORLDS * 20);
    expect(counted.rejected).toBeGreaterThan(WORLDS * 20);
    expect(counted.secondRevision).toBeGreaterThan(WORLDS * 10);
    expect(counted.objects).toBeGreaterThan(WORLDS * 10);
  });
});

const lateRuleSeeds = seeds.slice(0, 12);

/** What the worlds say of a worker that lacks one rule. */
const faultsWith = async (mistakes: Mistakes): Promise<readonly string[]> => {
  const faults: string[] = [];
  for (const seed of lateRuleSeeds) {
    const world = await runWorld(seed, mistakes);
    faults.push(...(await faultsOf(world)));
    if (faults.length > 0) break;
  }
  return faults;
};

const noLake = createMemoryLake();

/** The schedule as a worker would have it that applies the newest app at once. */
const newestEverywhere = <T>(name: string, stored: Versioned<T> | null): Versioned<T> | null => {
  if (name !== SCHEDULE || !stored) return stored;
  const schedule = stored.value as Schedule;
  const newest = schedule.revisions.at(-1);
  const revisions = newest ? [{ ...newest, fromTick: EMPTY_SHARD_TICK }] : [];
  return { ...stored, value: { ...schedule, revisions } as T };
};

/** Changes checkpoints on their way out of the store. */
const withCheckpoints = (change: (checkpoint: Checkpoint) => Checkpoint): Mistakes => ({
  records: (records) => ({
    ...records,
    async list<T>(prefix: string) {
      const listed = await records.list<T>(prefix);
      return listed.map(({ name, document }) => ({
        name,
        document: { ...document, value: change(document.value as Checkpoint) as T },
      }));
    },
  }),
});

describe("a worker that lacks a rule is found out", () => {
  it("fin: a finishing write that is not longer must still win", async () => {
    const faults = await faultsWith({
      increments: (increments) => ({
        ...increments,
        async writeSegment(record) {
          const [standing] = increments
            .all(record.shard)
            .filter(({ tick, ordinal }) => tick === record.tick && ordinal === record.ordinal);
          const isLonger = !standing || record.lastSequence > standing.lastSequence;
          return isLonger ? increments.writeSegment(record) : { kind: "standing", record: standing };
        },
      }),
    });
    expect(faults.join("\n")).toMatch(/is not finished|never settles|names its children/);
  });

  it("revtick: a tick is judged by the revision that holds for it, not by the newest", async () => {
    const faults = await faultsWith({
      rules: (_, records) =>
        createRuleBook(
          { ...records, get: async (name) => newestEverywhere(name, await records.get(name)) },
          noLake,
        ),
    });
    expect(faults.join("\n")).toMatch(/bytes differ|expected/);
  });

  it("ordfill: a restart remembers every identity of the ticks within the horizon", async () => {
    const faults = await faultsWith(
      withCheckpoints((checkpoint) => ({
        ...checkpoint,
        horizon: { after: checkpoint.previousSequence, clockMs: checkpoint.segmenter.clockMs },
      })),
    );
    expect(faults.join("\n")).toMatch(/bytes differ|expected/);
  });

  it("ancclock: a child's clock starts at its parents' greatest", async () => {
    const faults = await faultsWith(
      withCheckpoints((checkpoint) =>
        checkpoint.ended
          ? { ...checkpoint, segmenter: { ...checkpoint.segmenter, clockMs: -1 as never } }
          : checkpoint,
      ),
    );
    expect(faults.join("\n")).toMatch(/expected/);
  });

  it("empty: a shard that never had a record gets one that says that it ended", async () => {
    const faults = await faultsWith({
      increments: (increments) => ({
        ...increments,
        writeSegment: async (record) =>
          record.tick < 0 ? { kind: "written" } : increments.writeSegment(record),
      }),
    });
    expect(faults.join("\n")).toMatch(/names its children/);
  });
});
