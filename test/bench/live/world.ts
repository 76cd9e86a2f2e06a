import { join } from "node:path";
import {
  type EpochMs,
  type GenerationManifest,
  generationPath,
  type Schedule,
  type SequenceNumber,
  sequenceNumber,
  type ShardId,
  type Tick,
} from "@freshet/model";
import { type DataDirectory, openDataDirectory } from "@freshet/storage";
import { app, definition } from "../serving/app.js";
import { createChain } from "../serving/segments.js";

const SEGMENT_MS = 1_000;
const MINUTE_MS = 60_000;
const MINUTES = 60;

/** A data directory with live groups alone, and how more come in. */
export interface LiveWorld {
  readonly groups: number;
  /** An increment of so many events that happen now, and every shard at its end. */
  write(events: number, nowMs: number): Promise<void>;
  close(): Promise<void>;
}

const publishApp = async ({ records }: DataDirectory): Promise<void> => {
  const revisions = [{ revision: 1, fromTick: 0 as Tick, app }];
  const schedule: Schedule = { revisions, lookups: [], knownThrough: 1e12 as Tick };
  const standing = await records.get("schedule");
  await records.replace("schedule", standing?.revision ?? 0, schedule);
};

/** An empty generation, whose cut the chains go on from. */
const publishCut = async ({ lake, log, records }: DataDirectory, cutMs: number): Promise<void> => {
  const link = {
    tick: (Math.floor(cutMs / SEGMENT_MS) - 1) as Tick,
    ordinal: 0,
    lastSequence: sequenceNumber(0n),
  };
  const ledger = { records: 0, events: 0, accepted: 0, duplicates: 0, conflicts: 0, rejected: {} };
  const manifest: GenerationManifest = {
    ...{ version: 1, generation: 1, parent: null, log: log.identity.id, code: "bench", ledger },
    createdMs: cutMs as EpochMs,
    cut: Object.fromEntries(log.identity.roster.map((shard) => [shard, link])),
    metrics: { [definition.hash]: { name: definition.name, files: [], trend: null } },
    ...{ ended: {}, segments: [], identities: [], positions: [], lineage: [], consumed: [] },
    ...{ disagreements: [], writeOffs: [], oldestTimeMs: null, newestTimeMs: null },
  };
  await lake.put(generationPath(1), Buffer.from(JSON.stringify(manifest)));
  await records.replace("generation", 0, { generation: 1, kept: [1] });
};

/** An hour of events before `nowMs` on one shard of two, a segment a minute. */
export const openLiveWorld = async (
  directory: string,
  unit: () => number,
  { nowMs, eventsPerMinute }: { readonly nowMs: number; readonly eventsPerMinute: number },
): Promise<LiveWorld> => {
  const data = await openDataDirectory(join(directory, "data"), {
    create: { shards: 2, segmentMs: SEGMENT_MS, segmentEventsMax: 100_000, dedupeHorizonMs: 120_000 },
    now: () => nowMs - 2 * MINUTES * MINUTE_MS,
  });
  await publishApp(data);
  await publishCut(data, nowMs - MINUTES * MINUTE_MS);
  const [busy, quiet] = data.log.identity.roster as readonly [ShardId, ShardId];
  const chains = { busy: createChain(data, busy, unit, 0n), quiet: createChain(data, quiet, unit, 0n) };
  const tip = (shard: ShardId, lastSequence: SequenceNumber, atMs: number): Promise<unknown> =>
    data.increments.writeTip({ shard, atMs: atMs as EpochMs, lastSequence });
  let groups = 0;
  for (let minute = MINUTES; minute > 0; minute--) {
    const fromMs = nowMs - minute * MINUTE_MS;
    for (let event = 0; event < eventsPerMinute; event++) {
      await chains.busy.add(fromMs, fromMs + (event % MINUTE_MS));
    }
    groups += await chains.busy.flush(true);
  }
  await chains.quiet.add(nowMs - MINUTE_MS, nowMs - MINUTE_MS);
  await chains.quiet.flush(true);
  const write = async (events: number, atMs: number): Promise<void> => {
    for (let event = 0; event < events; event++) await chains.busy.add(atMs, atMs);
    await chains.busy.flush(false);
    await tip(busy, chains.busy.last(), atMs);
    await tip(quiet, chains.quiet.last(), atMs);
  };
  await write(1, nowMs);
  return { groups, write, close: () => data.close() };
};
