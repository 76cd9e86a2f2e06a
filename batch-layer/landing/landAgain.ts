import { type EpochMs, type SegmentKey, type SequenceNumber, type ShardId, type Tick } from "@freshet/model";
import { type DataStore, type DuckDb, type LogRecord, readOrEnd } from "@freshet/storage";
import { createIntakes, type Intake } from "./intake.js";
import { createJudges } from "./judges.js";
import { loadPlaces } from "./place.js";
import { createRawStage } from "./rawLake.js";
import { hourOfTick } from "./rawRows.js";

const READ_RECORDS_MAX = 5_000;
const PAGE_SEGMENTS = 1_000;
const PENDING_ROWS_MAX = 500_000;

/** A run of one shard, both ends inclusive. */
export interface LogRange {
  readonly shard: ShardId;
  readonly firstSequence: SequenceNumber;
  readonly lastSequence: SequenceNumber;
}

export interface LandedAgain {
  readonly records: number;
  readonly rows: number;
  readonly files: readonly string[];
}

type Stores = Pick<DataStore, "log" | "records" | "lake" | "increments">;

/** A place at or before a sequence at which the arrival clock is known, to the tick. */
const placeBefore = async (
  data: Stores,
  range: LogRange,
): Promise<{ after: SequenceNumber | null; clockMs: number }> => {
  const { log, increments, records } = data;
  let from: SegmentKey | null = null;
  let found: { after: SequenceNumber; clockMs: number } | null = null;
  for (;;) {
    const page = await increments.segments(range.shard, from, PAGE_SEGMENTS);
    for (const segment of page) {
      if (segment.lastSequence >= range.firstSequence) break;
      found = { after: segment.lastSequence, clockMs: segment.tick * log.identity.segmentMs };
    }
    const last = page.at(-1);
    if (!last || page.length < PAGE_SEGMENTS || last.lastSequence >= range.firstSequence) break;
    from = last;
  }
  if (found) return found;
  const places = await loadPlaces(records, log);
  const shard = (await log.shards()).find(({ id }) => id === range.shard);
  if (!shard) throw new Error(`the log has no shard ${range.shard}`);
  return {
    after: null,
    clockMs: Math.max(-1, ...shard.parents.map((one) => places.get(one)?.place.clockMs ?? -1)),
  };
};

/**
 * Lands a run of the log again, wherever landing stands: for rows that were lost, or that another revision judged.
 * Rows that are there already do no harm. Trimmed records cannot be landed again: compare `records` with what is asked.
 */
export const landAgain = async (data: Stores, duckdb: DuckDb, range: LogRange): Promise<LandedAgain> => {
  const { log, records, lake } = data;
  const { id, segmentMs } = log.identity;
  const judges = createJudges(records);
  const db = await duckdb.connect();
  let { after, clockMs } = await placeBefore(data, range);
  const stage = createRawStage({ duckdb: db, lake, records, log: id });
  const intakeOf = createIntakes(stage, log.identity.digest);
  const landed = { records: 0, rows: 0, files: [] as string[] };
  const publish = async (): Promise<void> => {
    landed.rows += stage.rows;
    landed.files.push(...(await stage.publish()));
  };
  const take = async (intake: Intake, record: LogRecord): Promise<void> => {
    clockMs = Math.max(clockMs, record.arrivalMs);
    if (record.sequence < range.firstSequence) return;
    const tick = Math.floor((clockMs as EpochMs) / segmentMs) as Tick;
    const judge = judges.known(tick) ?? (await judges.at(tick));
    if (!judge)
      throw new Error(`tick ${tick} of ${range.shard} has no known app revision yet: try again in a while`);
    landed.records += 1;
    const hour = hourOfTick(tick, segmentMs);
    if (!intake.takes(hour, judge)) await intake.stage();
    intake.add(record, hour, judge);
  };
  try {
    for (let done = false; !done; ) {
      const read = await readOrEnd(log, range.shard, after, READ_RECORDS_MAX);
      const intake = intakeOf(range.shard);
      for (const record of read.records) {
        done = record.sequence > range.lastSequence;
        if (done) break;
        await take(intake, record);
      }
      await intake.stage();
      after = read.records.at(-1)?.sequence ?? after;
      done ||= read.records.length === 0 || after === null || after >= range.lastSequence;
      if (stage.rows >= PENDING_ROWS_MAX) await publish();
    }
    await publish();
  } finally {
    await stage.abandon();
    await db.close();
  }
  return landed;
};
