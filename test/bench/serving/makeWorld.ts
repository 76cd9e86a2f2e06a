import { join } from "node:path";
import {
  type EpochMs,
  type GenerationManifest,
  generationPath,
  type Schedule,
  type Tick,
} from "@freshet/model";
import { openDataDirectory, openDuckDb } from "@freshet/storage";
import { app, definition } from "./app.js";
import { unitsFrom } from "./dice.js";
import { writeGeneration } from "./generation.js";
import { createChain, SEGMENT_MS } from "./segments.js";

/** Where the world's clock stands when it is made: the run crosses a quarter of an hour. */
export const BASE_MS = Date.UTC(2026, 2, 10, 14, 29, 10);
export const SHARDS = 4;
const MINUTE_MS = 60_000;
const LIVE_MINUTES = 60;
const EVENTS_PER_MINUTE = 40_000;
/** Each shard's sequences before the cut, before what is laid down, and before what comes in. */
export const SEQUENCES = { cut: 1_000n, feed: 1_000_000_000n } as const;

export interface WorldSize {
  readonly days: number;
  readonly rowsPerDay: number;
  /** Of the live view: minutes are laid down until there are as many. */
  readonly groups: number;
}

/** A data directory with a generation, and live groups of the hour after its cut. @returns how many these are */
export const makeWorld = async (dir: string, seed: number, size: WorldSize): Promise<number> => {
  const data = await openDataDirectory(join(dir, "data"), {
    create: { shards: SHARDS, segmentMs: SEGMENT_MS, segmentEventsMax: 100_000, dedupeHorizonMs: 120_000 },
    now: () => BASE_MS - 2 * LIVE_MINUTES * MINUTE_MS,
  });
  const duckdb = await openDuckDb({ memoryMb: 2_048, threads: 1, tempDir: join(dir, "duckdb") });
  const shards = data.log.identity.roster;
  const cutMs = Math.floor(BASE_MS / MINUTE_MS) * MINUTE_MS - LIVE_MINUTES * MINUTE_MS;
  const schedule: Schedule = {
    revisions: [{ revision: 1, fromTick: 0 as Tick, app }],
    lookups: [],
    knownThrough: 1e12 as Tick,
  };
  const standing = await data.records.get("schedule");
  await data.records.replace("schedule", standing?.revision ?? 0, schedule);

  const unit = unitsFrom(seed);
  const chains = shards.map((shard) => createChain(data, shard, unit, SEQUENCES.cut));
  const cut = Object.fromEntries(
    chains.map((chain) => [
      chain.shard,
      { tick: (cutMs / SEGMENT_MS - 1) as Tick, ordinal: 0, lastSequence: chain.last() },
    ]),
  );
  const { files, trend } = await writeGeneration(duckdb, data.lake, {
    toMs: cutMs,
    days: size.days,
    rowsPerDay: size.rowsPerDay,
  });
  const ledger = { records: 0, events: 0, accepted: 0, duplicates: 0, conflicts: 0, rejected: {} };
  const manifest: GenerationManifest = {
    ...{ version: 1, generation: 1, parent: null, log: data.log.identity.id, code: "bench", ledger },
    createdMs: BASE_MS as EpochMs,
    cut,
    ended: {},
    segments: [],
    metrics: { [definition.hash]: { name: definition.name, files, trend } },
    ...{ identities: [], positions: [], lineage: [], consumed: [], disagreements: [], writeOffs: [] },
    oldestTimeMs: (cutMs - size.days * 86_400_000) as EpochMs,
    newestTimeMs: (cutMs - 1) as EpochMs,
  };
  await data.lake.put(generationPath(1), Buffer.from(JSON.stringify(manifest)));
  await data.records.replace("generation", 0, { generation: 1, kept: [1] });

  let groups = 0;
  const perMinute = Math.ceil((EVENTS_PER_MINUTE * size.groups) / 1_000_000 / SHARDS);
  for (let minute = 0; minute < LIVE_MINUTES; minute++) {
    const fromMs = cutMs + minute * MINUTE_MS;
    for (const chain of chains) {
      // One segment a minute: as many groups as sixty would leave, laid down sooner.
      for (let event = 0; event < perMinute; event++) await chain.add(fromMs, fromMs + (event % MINUTE_MS));
      groups += await chain.flush(true);
    }
  }
  for (const chain of chains) {
    await data.increments.writeTip({
      shard: chain.shard,
      atMs: BASE_MS as EpochMs,
      lastSequence: chain.last(),
    });
  }
  await duckdb.close();
  await data.close();
  return groups;
};
