import { durationMs, type ShardId } from "@freshet/model";
import { expect, test } from "vitest";
import { PROJECTION } from "../testing/projectorWorld.js";
import { aVisit, visitsApp } from "../testing/visits.js";
import { openWorld } from "../testing/world.js";
import { checkProjection } from "./checkProjection.js";

const opened = async () => {
  const world = await openWorld(1);
  await world.publish(visitsApp);
  await world.segment(world.shards[0] as ShardId, 1_750_000_000, [aVisit(1_750_000_000_000, "x")]);
  return world.reader();
};

test("names windows that are not of whole panes", async () => {
  const windows = [...PROJECTION.windows, { windowMs: durationMs(90_000), everyMs: durationMs(60_000) }];
  expect(await checkProjection(await opened(), { windows, watch: [] })).toEqual([
    "visits has no documents of 90s: its panes are of 1m",
  ]);
});

test.each([
  [{ metric: "vists", key: { page: "x" } }, /vists.*visits/],
  [{ metric: "visits", key: { pge: "x" } }, /pge/],
])("refuses to watch %j", async (watched, message) => {
  const reader = await opened();
  await expect(checkProjection(reader, { ...PROJECTION, watch: [watched] })).rejects.toThrow(message);
});

test("says nothing before an app is published", async () => {
  const world = await openWorld(1);
  const watch = [{ metric: "visits", key: { page: "x" } }];
  expect(await checkProjection(await world.reader(), { ...PROJECTION, watch })).toEqual([]);
});
