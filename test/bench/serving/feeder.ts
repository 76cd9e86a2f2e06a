import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { EpochMs } from "@freshet/model";
import { openDataDirectory } from "@freshet/storage";
import { unitsFrom } from "./dice.js";
import { BASE_MS } from "./makeWorld.js";
import { createChain } from "./segments.js";

/*
 * What a speed layer writes of events that come in evenly: node feeder.js DIRECTORY EVENTS_PER_SECOND SEED STARTED_MS
 * Flushes as often as it does; most events are fresh, some are minutes late.
 */
const FLUSH_AFTER_MS = 250;
const FRESH_MS = 150;
const LATE_SHARE = 0.02;
const LATE_MS_MAX = 300_000;
const [, , dir = "", rate = "", seed = "", started = ""] = process.argv;

const data = await openDataDirectory(join(dir, "data"));
const unit = unitsFrom(Number(seed));
const clock = (): number => BASE_MS + Date.now() - Number(started);
const shards = data.log.identity.roster;
const chains = await Promise.all(
  shards.map(async (shard) => {
    const laid = await data.increments.segments(shard, null, 10_000);
    return createChain(data, shard, unit, BigInt(laid.at(-1)?.lastSequence ?? 0));
  }),
);
const spacingMs = (1_000 * chains.length) / Number(rate);
let throughMs = clock();
let stopped = false;
let events = 0;
process.on("SIGTERM", () => {
  stopped = true;
});

while (!stopped) {
  await sleep(Math.max(1, throughMs + FLUSH_AFTER_MS - clock()));
  const nowMs = clock();
  for (const [index, chain] of chains.entries()) {
    let arrivalMs = throughMs + (index * spacingMs) / chains.length;
    for (; arrivalMs < nowMs; arrivalMs += spacingMs) {
      const late = unit() < LATE_SHARE ? unit() * LATE_MS_MAX : unit() * FRESH_MS;
      await chain.add(arrivalMs, Math.floor(arrivalMs - late));
      events++;
    }
    await chain.flush(false);
    await data.increments.writeTip({
      shard: chain.shard,
      atMs: nowMs as EpochMs,
      lastSequence: chain.last(),
    });
  }
  throughMs = nowMs;
}
console.log(JSON.stringify({ events }));
await data.close();
