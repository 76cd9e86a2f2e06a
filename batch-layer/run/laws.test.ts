import type { GenerationManifest, JsonObject } from "@freshet/model";
import { afterEach, describe, expect, it } from "vitest";
import { revertTo } from "../generation/revert.js";
import { firstApp, secondApp } from "../testing/apps.js";
import { published } from "../testing/expect.js";
import { type Expected, expectedOf } from "../testing/oracle.js";
import { type PlainEvent, readPlainly } from "../testing/plainRecount.js";
import { contentOf, storedBaseline, storedGroups } from "../testing/stored.js";
import { createWorld, scheduleOf, type World } from "../testing/world.js";

let world: World;
afterEach(() => world.close());

/** Bodies of the first revision, as the second reads them. */
const upcast = ({ body }: PlainEvent): JsonObject => {
  const event = JSON.parse(body) as JsonObject;
  return "region" in event ? event : { ...event, region: `of ${event["page"] as string}` };
};

const expectOracle = async (manifest: GenerationManifest): Promise<Expected> => {
  const { data, duckdb, schedule } = world;
  const metrics = schedule.revisions
    .flatMap(({ app }) => app.metrics)
    .filter(({ hash }) => manifest.metrics[hash]);
  const expected = expectedOf(await readPlainly(data.log, schedule), manifest, metrics, upcast);
  expect(manifest.ledger).toEqual(expected.ledger);
  for (const metric of metrics) {
    expect(await storedGroups(duckdb, data.lake, manifest, metric)).toEqual(expected.groups[metric.name]);
    if (!metric.trend) continue;
    expect(await storedBaseline(duckdb, data.lake, manifest, metric)).toEqual(
      expected.baselines[metric.name] ?? new Map(),
    );
  }
  return expected;
};

describe("generations", () => {
  let reverts = 0;
  it.each([1, 2, 3])(
    "equal the plain arrays, incremental and rebuilt, whatever the pieces (seed %i)",
    async (seed) => {
      world = await createWorld(seed, scheduleOf({ app: firstApp }));
      let manifest: GenerationManifest | null = null;
      for (let round = 0; round < 5; round++) {
        await world.emit(60 + world.dice.below(150));
        if (round > 0 && world.dice.chance(0.6)) await world.splitOrMerge();
        if (round === 2) {
          const fromMs = world.nowMs + 5000;
          world.nowMs += 6000;
          await world.publishApps(scheduleOf({ app: firstApp }, { app: secondApp, fromMs }));
        }
        await world.heartbeats();
        await world.record();
        if (world.dice.chance(0.5)) await world.land({ crash: true });
        await world.land(world.dice.chance(0.3) ? { looks: 2 } : {});
        const result = await world.batch();
        if (result.kind === "published") manifest = result.manifest;
        if (manifest) await expectOracle(manifest);
        const kept = manifest?.parent;
        if (manifest && kept && world.dice.chance(0.4)) {
          await revertTo({ data: world.data, generation: kept });
          reverts += 1;
        }
      }
      await world.emit(50);
      await world.heartbeats();
      await world.heartbeats();
      await world.record();
      await world.land();
      manifest = published(await world.batch());
      expect(manifest.disagreements).toEqual([]);
      const { ledger } = await expectOracle(manifest);
      expect(ledger.events).toBeGreaterThan(300);
      expect(ledger.duplicates).toBeGreaterThan(10);
      expect(ledger.conflicts).toBeGreaterThan(0);
      expect(Object.keys(ledger.rejected).length).toBeGreaterThan(5);
      const content = await contentOf(world.duckdb, world.data.lake, manifest);
      const rebuilt = published(await world.batch({ rebuild: true }));
      expect(rebuilt.generation).toBeGreaterThan(manifest.generation);
      expect(await contentOf(world.duckdb, world.data.lake, rebuilt)).toEqual(content);
    },
  );

  it("were reverted in between", () => {
    expect(reverts).toBeGreaterThan(2);
  });
});
