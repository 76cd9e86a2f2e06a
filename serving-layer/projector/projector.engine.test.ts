import { epochMs, type MetricDefinition, type ShardId } from "@freshet/model";
import { openDocuments, type TrendDocuments, type TrendPlace, type TrendWrite } from "@freshet/storage";
import { openSearchForTests } from "@freshet/storage/testing";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { drain, FIVE_MINUTES, openProjector, PROJECTION } from "../testing/projectorWorld.js";
import { expectedTrends, plainTrends } from "../testing/trendOracle.js";
import { aVisit, visitsApp } from "../testing/visits.js";
import { openWorld, until } from "../testing/world.js";
import { placesOf } from "./places.js";

const SEED = 20_261_121;
const RUNS = 4;
const MINUTE = 60_000;
const T0 = Math.floor(1_750_000_000_000 / (60 * MINUTE)) * 60 * MINUTE;
const PAGES = ["x", "y", "", "é", "__proto__", "10", "9", "a b", "%", "it's"];

const endpoint = openSearchForTests();

const visitOf = fc.record({
  page: fc.constantFrom(...PAGES),
  lateMs: fc.oneof({ weight: 3, arbitrary: fc.nat(20_000) }, { weight: 1, arbitrary: fc.nat(9 * MINUTE) }),
});
const worldOf = fc.record({
  segments: fc.array(
    fc.record({
      shard: fc.nat(1),
      ticks: fc.integer({ min: 5, max: 90 }),
      visits: fc.array(visitOf, { maxLength: 8 }),
    }),
    { minLength: 10, maxLength: 16 },
  ),
  /** After each segment: what becomes of the step that follows. */
  steps: fc.array(fc.constantFrom("step", "step", "frozen", "restart", "lost index"), {
    minLength: 16,
    maxLength: 16,
  }),
  order: fc.array(fc.nat(1_000), { minLength: 50, maxLength: 50 }),
});

/** Keeps what is written back, and says that it arrived. */
const frozenIn = (store: TrendDocuments, held: (readonly TrendWrite[])[]): TrendDocuments => ({
  ...store,
  async write(writes) {
    held.push(writes);
    return { written: writes.length, superseded: 0, refused: [] };
  },
});

test(`for any stream, restarts, lost indices and writes that come late, twice and in any order, the documents in OpenSearch equal a plain count (seed ${SEED})`, async () => {
  const met = { frozen: 0, restart: 0, lost: 0, late: 0, superseded: 0, documents: 0, settled: 0 };
  let prefix = 0;
  await fc.assert(
    fc.asyncProperty(worldOf, async ({ segments, steps, order }) => {
      const world = await openWorld(2);
      await world.publish(visitsApp);
      const documents = await openDocuments(
        {
          kind: "directory",
          dir: world.data.dir,
          documents: { openSearch: { endpoint: endpoint(), prefix: `run-${prefix++}` } },
        },
        world.data,
        Date.now,
      );
      onTestFinished(() => documents.close());
      const [store] = documents.trends as [TrendDocuments];
      const reader = await world.reader();
      const open = () => openProjector(world, reader, [store]);
      let projector = open();
      const held: (readonly TrendWrite[])[] = [];
      const clock = new Map<ShardId, number>();
      const finished = new Map<ShardId, number>();
      let events = 0;
      for (const [index, { shard: at, ticks, visits }] of segments.entries()) {
        const shard = world.shards[at] as ShardId;
        const tick = (clock.get(shard) ?? T0 / 1000) + ticks;
        clock.set(shard, tick);
        finished.set(shard, tick);
        const those = visits.map(({ page, lateMs }) => aVisit(tick * 1000 + 500 - lateMs, page, 3));
        met.late += visits.filter(({ lateMs }) => lateMs > MINUTE).length;
        events += those.length;
        await world.segment(shard, tick, those, { finished: true });
        world.nowMs = tick * 1000 + 1_000;
        await world.tipAll();
        await until(() => reader.status().ledger.accepted === events);
        const step = steps[index];
        if (step === "frozen") {
          met.frozen++;
          await drain(openProjector(world, reader, [frozenIn(store, held)]));
          projector = open();
        } else if (step === "restart") {
          met.restart++;
          projector = open();
        } else if (step === "lost index") {
          met.lost++;
          await store.expire(epochMs(T0 + 1_000 * 86_400_000));
        }
        if (index === Math.floor(segments.length / 2)) {
          await world.generation(Object.fromEntries(finished));
          await until(() => reader.status().generation?.generation === 1);
        }
        await projector.step();
      }
      const audit = async (): Promise<void> => {
        world.nowMs += 61_000;
        await world.tipAll();
        await drain(projector);
      };
      await audit();
      const all = world.segments.flatMap((segment) => segment.events);
      const newest = Math.max(...all.map(({ timeMs }) => timeMs));
      const [metric] = reader.definitions() as [MetricDefinition];
      const places = placesOf(metric, PROJECTION, epochMs(newest)).flat();
      const storedIn = async (place: TrendPlace) => (await store.list(place)).map(({ document }) => document);
      const expectedIn = (place: TrendPlace) => expectedTrends(all, place, FIVE_MINUTES, PROJECTION.top);
      const late = held.flat().map((write, at) => ({ write, place: order[at % order.length] ?? 0 }));
      for (const { write } of late.sort((a, b) => a.place - b.place)) {
        met.superseded += (await store.write([write])).superseded;
        if (write.version % 3n === 0n) await store.write([write]);
      }
      // Late writes change nothing of what was written since; they may only add what nobody wants.
      for (const place of places)
        expect(plainTrends(await storedIn(place))).toEqual(expect.arrayContaining([...expectedIn(place)]));
      // That is found when the store is looked at again.
      await audit();
      for (const place of places) {
        const stored = await storedIn(place);
        expect(plainTrends(stored)).toEqual(expectedIn(place));
        met.documents += stored.length;
        met.settled += stored.filter(({ status }) => status === "settled").length;
      }
      expect(world.warnings).toEqual([]);
      await world.close();
    }),
    { seed: SEED, numRuns: RUNS, endOnFailure: true },
  );
  for (const [what, count] of Object.entries(met))
    expect([what, count]).toEqual([what, expect.toSatisfy((n: number) => n > 3)]);
}, 120_000);
