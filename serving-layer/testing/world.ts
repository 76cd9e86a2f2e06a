import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AppDocument,
  compareSegmentKeys,
  type Cut,
  encodeIncrement,
  type EpochMs,
  type GenerationManifest,
  type GenerationPointer,
  generationPath,
  type Measure,
  type MetricDefinition,
  measureFor,
  OTHER_KEY,
  type Schedule,
  type SegmentRecord,
  type SequenceNumber,
  sequenceNumber,
  type ShardId,
  type Tick,
  type TrendFiles,
} from "@freshet/model";
import { type DataDirectory, type DuckDb, openDataDirectory, openDuckDb } from "@freshet/storage";
import { onTestFinished } from "vitest";
import { createReader } from "../reader/createReader.js";
import type { Reader } from "../reader/reader.js";
import { writeDays } from "./generationFiles.js";
import { createPlainReader } from "./plainReader/createPlainReader.js";
import { groupsOf, type WorldEvent } from "./groups.js";

export interface WorldSegment {
  readonly shard: ShardId;
  readonly tick: number;
  readonly ordinal: number;
  readonly events: readonly WorldEvent[];
  readonly finished: boolean;
  readonly last: SequenceNumber;
}

export const SEGMENT_MS = 1_000;

interface SegmentOptions {
  readonly ordinal?: number;
  readonly finished?: boolean;
  readonly children?: readonly ShardId[];
  readonly revision?: number;
  /** Events past `groupsMax`. */
  readonly overflow?: boolean;
  readonly lake?: boolean;
  readonly duplicates?: number;
}

/** A data directory whose records, tips and generations a test writes by hand. */
export interface World {
  readonly data: DataDirectory;
  readonly duckdb: DuckDb;
  readonly shards: readonly ShardId[];
  readonly segments: readonly WorldSegment[];
  nowMs: number;
  /** What readers logged. */
  readonly warnings: string[];
  publish(...apps: readonly AppDocument[]): Promise<void>;
  /** Appends a segment to a shard's chain, or writes the open one again, longer. */
  segment(
    shard: ShardId,
    tick: number,
    events: readonly WorldEvent[],
    options?: SegmentOptions,
  ): Promise<SegmentRecord>;
  tip(shard: ShardId, lastSequence?: SequenceNumber | null): Promise<void>;
  tipAll(): Promise<void>;
  /** Publishes what the world holds through a tick of each shard. */
  generation(
    through: Readonly<Record<ShardId, number>>,
    ended?: Cut | object,
    trendOf?: (metric: MetricDefinition) => TrendFiles | null,
  ): Promise<GenerationManifest>;
  point(generation: number): Promise<void>;
  reader(settings?: { staleAfterMs?: number }): Promise<Reader>;
  /** The slow one, which every answer is compared with. */
  plainReader(): Promise<Reader>;
  /** At the test's end at the latest. */
  close(): Promise<void>;
}

export const openWorld = async (shardCount = 2): Promise<World> => {
  const dir = await mkdtemp(join(tmpdir(), "freshet-serving-"));
  const data = await openDataDirectory(join(dir, "data"), {
    create: { shards: shardCount, segmentMs: SEGMENT_MS, segmentEventsMax: 10_000, dedupeHorizonMs: 120_000 },
  });
  const duckdb = await openDuckDb({ memoryMb: 512, threads: 1, tempDir: join(dir, "duckdb") });
  const readers: Reader[] = [];
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    for (const reader of readers) await reader.close();
    await duckdb.close();
    await data.close();
    await rm(dir, { recursive: true, force: true });
  };
  onTestFinished(() => world.close());
  const segments: WorldSegment[] = [];
  const chains = new Map<ShardId, SegmentRecord>();
  const hashes = new Map<string, readonly Measure[]>();
  let revisions: Schedule["revisions"] = [];
  let pointerRevision = 0;
  let generations = 0;
  let sequence = 0;

  const metricsOf = (revision: number): readonly MetricDefinition[] =>
    revisions.find((each) => each.revision === revision)?.app.metrics ?? [];

  const world: World = {
    data,
    duckdb,
    shards: data.log.identity.roster,
    segments,
    nowMs: 1_750_000_000_000,
    warnings: [],
    async publish(...apps) {
      revisions = apps.map((app, index) => ({
        revision: index + 1,
        fromTick: (index === 0 ? 0 : 1e12) as Tick,
        app,
      }));
      for (const app of apps) {
        for (const metric of app.metrics)
          hashes.set(
            metric.hash,
            metric.measures.map(({ spec }) => measureFor(spec)),
          );
      }
      const schedule: Schedule = { revisions, lookups: [], knownThrough: 1e12 as Tick };
      const standing = await data.records.get("schedule");
      await data.records.replace("schedule", standing?.revision ?? 0, schedule);
    },
    async segment(shard, tick, events, options = {}) {
      const { ordinal = 0, finished = true, children, revision = 1, duplicates = 0 } = options;
      const standing = chains.get(shard);
      const again = standing?.tick === tick && standing.ordinal === ordinal;
      const first = again ? standing.firstSequence : sequenceNumber(++sequence);
      sequence += events.length;
      const last = sequenceNumber(sequence);
      const metrics = [...metricsOf(revision)].sort((a, b) => (a.hash < b.hash ? -1 : 1));
      const body = encodeIncrement(
        {
          metrics: metrics.map((metric) => {
            const measures = hashes.get(metric.hash) as readonly Measure[];
            const named = options.overflow ? events.map((event) => ({ ...event, key: OTHER_KEY })) : events;
            return {
              definition: metric.hash,
              overflow: options.overflow ?? false,
              groups: groupsOf(metric, measures, named),
            };
          }),
        },
        (hash) => hashes.get(hash) ?? null,
      );
      const path = `bodies/${shard}-${tick}-${ordinal}-${events.length}.bin`;
      if (options.lake) await data.lake.put(path, body);
      const record: SegmentRecord = {
        version: 1,
        shard,
        tick: tick as Tick,
        ordinal,
        firstSequence: first,
        lastSequence: last,
        previousSequence: again ? standing.previousSequence : (standing?.lastSequence ?? null),
        finished,
        ended: children !== undefined,
        children: children ?? [],
        revision,
        counts: {
          records: events.length + duplicates,
          events: events.length + duplicates,
          accepted: events.length,
          duplicates,
          rejected: {},
        },
        newestTimeMs: (events.length === 0
          ? null
          : Math.max(...events.map(({ timeMs }) => timeMs))) as EpochMs | null,
        body: options.lake
          ? { kind: "object", path, offset: 0, length: body.length }
          : { kind: "inline", bytes: body },
        bodyHash: createHash("sha256").update(body).digest("hex"),
      };
      const written = await data.increments.writeSegment(record);
      if (written.kind !== "written") throw new Error(`the segment was ${written.kind}`);
      chains.set(shard, record);
      const at = segments.findIndex(
        (each) => each.shard === shard && compareSegmentKeys(each as never, record) === 0,
      );
      if (at >= 0) segments.splice(at, 1);
      segments.push({ shard, tick, ordinal, events, finished, last });
      return record;
    },
    async tip(shard, lastSequence = chains.get(shard)?.lastSequence ?? null) {
      await data.increments.writeTip({ shard, atMs: world.nowMs as EpochMs, lastSequence });
    },
    async tipAll() {
      for (const shard of new Set([...world.shards, ...chains.keys()])) await world.tip(shard);
    },
    async generation(through, ended = {}, trendOf = () => null) {
      const number = ++generations;
      const taken = segments.filter(
        ({ shard, tick, finished }) => finished && tick <= (through[shard] ?? -1),
      );
      const cut: Record<string, Cut[string]> = {};
      for (const { shard, tick, ordinal, last } of taken)
        cut[shard] = { tick: tick as Tick, ordinal, lastSequence: last };
      const events = taken.flatMap((each) => each.events);
      const metrics: Record<string, GenerationManifest["metrics"][string]> = {};
      const known = new Map(
        revisions.flatMap(({ app }) => app.metrics.map((metric) => [metric.hash, metric] as const)),
      );
      for (const metric of known.values()) {
        metrics[metric.hash] = {
          name: metric.name,
          files: await writeDays({ lake: data.lake, duckdb }, metric, events, number),
          trend: trendOf(metric),
        };
      }
      const manifest: GenerationManifest = {
        version: 1,
        generation: number,
        parent: number === 1 ? null : number - 1,
        log: data.log.identity.id,
        createdMs: world.nowMs as EpochMs,
        code: "test",
        cut,
        ended: ended as GenerationManifest["ended"],
        ledger: {
          records: events.length,
          events: events.length,
          accepted: events.length,
          duplicates: 0,
          conflicts: 0,
          rejected: {},
        },
        segments: [],
        metrics,
        identities: [],
        positions: [],
        lineage: [],
        oldestTimeMs: null,
        newestTimeMs: (events.length === 0
          ? null
          : Math.max(...events.map(({ timeMs }) => timeMs))) as EpochMs | null,
        disagreements: [],
        writeOffs: [],
        consumed: [],
      };
      await data.lake.put(generationPath(number), Buffer.from(JSON.stringify(manifest)));
      await world.point(number);
      return manifest;
    },
    async point(generation) {
      const pointer: GenerationPointer = {
        generation,
        kept: Array.from({ length: generations }, (_, index) => index + 1),
      };
      if (!(await data.records.replace("generation", pointerRevision, pointer)))
        throw new Error("pointer moved");
      pointerRevision++;
    },
    async reader({ staleAfterMs = 10_000 } = {}) {
      const reader = await createReader({
        data,
        duckdb,
        logger: { warn: (_fields, message) => world.warnings.push(message) },
        now: () => world.nowMs,
        settings: { pollEveryMs: 5, staleAfterMs },
      });
      readers.push(reader);
      return reader;
    },
    async plainReader() {
      const reader = await createPlainReader({
        data,
        duckdb,
        logger: { warn: (_fields, message) => world.warnings.push(message) },
        now: () => world.nowMs,
        settings: { pollEveryMs: 5 },
      });
      readers.push(reader);
      return reader;
    },
    close: () => (closing ??= close()),
  };
  return world;
};

/** Waits until the reader has taken in what a test wrote. @throws Error when it does not within two seconds. */
export const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("it did not come about within two seconds");
};
