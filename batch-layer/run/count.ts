import type { Cut, Disagreement, GenerationManifest, LedgerCounts, ShardId, Tick } from "@freshet/model";
import type { DataStore, DuckDb } from "@freshet/storage";
import { localFiles } from "../generation/files.js";
import { advanceCut, type CutAdvance, type Difference } from "../ledger/cut.js";
import { DIFFERENCES_SQL, FAMILY_TABLE_SQL, liveDuplicatesSql, REPEATED_SQL } from "../sql/duplicates.js";
import { contextSegmentsSql, historySegmentsSql } from "../sql/ledger.js";
import {
  DISTINCT_ROWS_SQL,
  LANDED_TWICE_SQL,
  landedRowsSql,
  NO_ROWS_SQL,
  SEGMENT_TABLE_SQL,
  SEGMENT_COUNTS_SQL,
} from "../sql/rows.js";
import { parquet } from "../sql/text.js";
import { rejectedOf } from "./candidates.js";
import { filesWithSegments, rawFilesFor, type TickRange } from "./rawFiles.js";
import type { Reading } from "./read.js";
import { insertBounds, insertDelta, insertFamily, neededTicks } from "./segmentTable.js";

/** Where a run's rows come from, and how far speed and batch agree. */
export interface Counted extends CutAdvance {
  /** The raw files that were read. */
  readonly files: readonly string[];
  /** Segments before the old cut whose rows are no longer what they were when they were counted. */
  readonly changedHistory: readonly Difference[];
}

export interface CountOptions {
  readonly data: DataStore;
  readonly db: DuckDb;
  readonly reading: Reading;
  readonly parent: GenerationManifest | null;
  readonly generation: number;
  /** Whether all rows before the old cut are needed again. */
  readonly history: boolean;
}

interface DifferenceRow {
  readonly shard: ShardId;
  readonly tick: Tick;
  readonly ordinal: number;
  readonly role: "delta" | "history";
  readonly records: number;
  readonly events: number;
  readonly duplicates: number;
  readonly standing: number;
}

const differenceOf = (row: DifferenceRow): Difference => {
  const { shard, tick, ordinal, records, events, duplicates, standing } = row;
  const rejected = rejectedOf(row as unknown as Readonly<Record<string, unknown>>);
  const batch: LedgerCounts = { records, events, accepted: standing - duplicates, duplicates, rejected };
  return { shard, tick, ordinal, batch };
};

/** Fills `segment`: the delta, and of earlier segments what is needed again. Returns the ticks whose rows are. */
const fillSegments = async (options: CountOptions, horizonTicks: number): Promise<readonly TickRange[]> => {
  const { data, db, reading, parent, generation, history } = options;
  const delta = await insertDelta(db, reading.chains, reading.writeOffs, generation);
  if (!parent || parent.segments.length === 0) return [];
  const ledger = await localFiles(data.lake, parent.segments);
  if (history) {
    await db.run(historySegmentsSql(ledger, delta));
    return [{ from: Number.NEGATIVE_INFINITY, through: Number.POSITIVE_INFINITY }];
  }
  const needed = neededTicks(reading.chains, reading.family, horizonTicks);
  await db.run("CREATE TEMP TABLE needed (shard VARCHAR, least_tick BIGINT)");
  if (needed.size > 0) await db.insertRows("needed", ["shard", "least_tick"], [...needed]);
  await db.run(contextSegmentsSql(ledger, delta));
  return [...needed].flatMap(([shard, from]) => {
    const cut = parent.cut[shard];
    return cut && cut.tick >= from ? [{ from, through: cut.tick }] : [];
  });
};

/** The last tick of each shard for which speed may not have known earlier copies: a horizon after what was written off. */
const unauditedTicks = async (db: DuckDb, horizonTicks: number): Promise<ReadonlyMap<ShardId, number>> => {
  const rows = await db.rows<{ shard: ShardId; tick: number }>(
    "SELECT shard, max(tick) AS tick FROM segment WHERE written_off AND role <> 'delta' GROUP BY shard",
  );
  return new Map(rows.map(({ shard, tick }) => [shard, tick + horizonTicks]));
};

/** Landing may publish rows again after a crash: each position counts once. */
const distinctRows = async (db: DuckDb): Promise<void> => {
  await db.run(LANDED_TWICE_SQL);
  const [{ positions } = { positions: 0 }] = await db.rows<{ positions: number }>(
    "SELECT count(*) AS positions FROM landed_twice",
  );
  if (positions > 0) await db.run(DISTINCT_ROWS_SQL);
};

export const horizonTicksOf = ({ log: { identity } }: DataStore): number =>
  Math.floor(identity.dedupeHorizonMs / identity.segmentMs);

/** Fills the tables that rows are placed by. Returns the raw files that are to be read. */
export const placeSegments = async (options: CountOptions): Promise<readonly string[]> => {
  const { data, db, reading, parent } = options;
  await db.run(`${SEGMENT_TABLE_SQL};\n${FAMILY_TABLE_SQL}`);
  await insertBounds(db, reading.schedule);
  const again = await fillSegments(options, horizonTicksOf(data));
  if (parent && parent.positions.length > 0) {
    await db.run(
      `INSERT INTO counted SELECT * FROM ${parquet(await localFiles(data.lake, parent.positions))}`,
    );
  }
  const shards = await db.rows<{ shard: string }>("SELECT DISTINCT shard FROM segment");
  await insertFamily(
    db,
    shards.map(({ shard }) => shard),
    reading.family,
  );
  return rawFilesFor(reading.rawFiles, new Set(parent?.consumed ?? []), again, data.log.identity.segmentMs);
};

/**
 * Moves the cut as far as speed and batch agree, by the tables `segment`, `batch_count` and `live_duplicate`.
 *
 * @param differences in place of those of the tables
 */
export const settleSegments = async (
  options: CountOptions,
  files: readonly string[],
  differences?: readonly Difference[],
): Promise<Counted> => {
  const { data, db, reading, parent } = options;
  const horizonTicks = horizonTicksOf(data);
  const rows = differences ? [] : await db.rows<DifferenceRow>(DIFFERENCES_SQL);
  const ofRole = (wanted: DifferenceRow["role"]): readonly Difference[] =>
    rows.filter(({ role }) => role === wanted).map(differenceOf);
  const unaudited = await unauditedTicks(db, horizonTicks);
  const landed = (shard: ShardId, through: string): boolean => {
    const place = reading.places.get(shard);
    return place !== undefined && (place.ended !== null || (place.lastSequence ?? "") >= through);
  };
  const advance = advanceCut({
    cut: parent?.cut ?? {},
    ended: parent?.ended ?? {},
    chains: reading.chains,
    differences: differences ?? ofRole("delta"),
    family: reading.family,
    landed,
    writeOffs: reading.writeOffs,
    unauditedThrough: (shard) => unaudited.get(shard) ?? -1,
    horizonTicks,
  });
  const broken = advance.brokenChains.flatMap(({ missing }) =>
    missing && landed(missing.shard, missing.throughSequence) ? [missing] : [],
  );
  const named: Disagreement[] = await Promise.all(broken.map((run) => reading.describe(run)));
  return {
    ...advance,
    disagreements: [...advance.disagreements, ...named].sort((a, b) => (a.shard < b.shard ? -1 : 1)),
    files,
    changedHistory: ofRole("history"),
  };
};

/** Counts the rows of every segment by batch's own reading of the log, compares, and moves the cut. */
export const countSegments = async (options: CountOptions): Promise<Counted> => {
  const { data, db, generation } = options;
  const { id, segmentMs } = data.log.identity;
  const files = await placeSegments(options);
  const local = await filesWithSegments(db, await localFiles(data.lake, files));
  await db.run(
    local.length === 0 ? NO_ROWS_SQL : landedRowsSql({ files: local, log: id, segmentMs, generation }),
  );
  await distinctRows(db);
  await db.run(`${REPEATED_SQL};\n${liveDuplicatesSql(horizonTicksOf(data))};\n${SEGMENT_COUNTS_SQL}`);
  return settleSegments(options, files);
};

/** The least tick to which the cut has come in any shard that goes on; null where none has begun, or all have ended. */
export const leastCutTick = (cut: Cut, ended: Readonly<Record<string, unknown>>): number | null => {
  const ticks = Object.entries(cut).flatMap(([shard, { tick }]) =>
    Object.hasOwn(ended, shard) ? [] : [tick],
  );
  return ticks.length > 0 ? Math.min(...ticks) : null;
};
