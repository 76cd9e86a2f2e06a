import type { EpochMs } from "@freshet/model";
import { heartbeatRecord, openDataDirectory } from "@freshet/storage";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { vouchForEnd } from "./vouch.js";

const directory = mkdtempSync(join(tmpdir(), "freshet-vouch-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it("vouches for the end of the log only where every shard is folded to its last record", async () => {
  const data = await openDataDirectory(join(directory, "data"), {
    create: { shards: 2, segmentMs: 1000, segmentEventsMax: 100, dedupeHorizonMs: 1000 },
  });
  const now = 5_000 as EpochMs;
  expect(await vouchForEnd(data, now)).toBe(false);
  const shards = await data.log.shards();
  for (const { id } of shards)
    await data.increments.writeTip({ shard: id, atMs: 1 as EpochMs, lastSequence: null });
  expect(await vouchForEnd(data, now)).toBe(true);
  expect([...(await data.increments.tips()).values()].map(({ atMs }) => atMs)).toEqual([now, now]);
  await data.log.append([{ partitionKey: "a", data: heartbeatRecord() }]);
  expect(await vouchForEnd(data, (now + 1) as EpochMs)).toBe(false);
  expect([...(await data.increments.tips()).values()].map(({ atMs }) => atMs)).toEqual([now, now]);
  await data.close();
});
