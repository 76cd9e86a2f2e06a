import { encodeAggregate } from "@freshet/kpl";
import type { EpochMs, ShardId, Tick } from "@freshet/model";
import type { DataStore, DuckDb } from "@freshet/storage";
import { createIntakes } from "../intake.js";
import { createJudges, type Judges } from "../judges.js";
import { createRawStage, type RawStage } from "../rawLake.js";
import { hourOfTick, type LandedRecord } from "../rawRows.js";
import { decodeLine, type DeliveredLine } from "./line.js";
import { linesOf } from "./object.js";
import { type StoredSegments, storedSegments } from "./segmentsAt.js";

const PENDING_ROWS_MAX = 500_000;

export interface TakenIn {
  readonly objects: number;
  readonly rows: number;
  /** Objects with records that speed has not folded yet, or whose app revision is not known yet. */
  readonly waiting: number;
  /** Objects that hold what is no delivery of this log; they are left where they are. */
  readonly refused: readonly string[];
}

type Stores = Pick<DataStore, "log" | "records" | "lake" | "increments">;

/** A line with the tick that its segment has. */
interface PlacedLine {
  readonly line: DeliveredLine;
  readonly tick: Tick;
}

/** A member of an aggregate is wrapped, so that nothing that it begins with is taken for a record's own form. */
const recordOf = ({ sequence, subsequence, arrivalMs, data }: DeliveredLine): LandedRecord => ({
  sequence,
  arrivalMs,
  firstSubsequence: subsequence,
  data: subsequence === 0 ? data : encodeAggregate([{ partitionKey: "", data }]),
});

const byPosition = ({ line: a }: PlacedLine, { line: b }: PlacedLine): number =>
  a.shard !== b.shard
    ? a.shard < b.shard
      ? -1
      : 1
    : a.sequence === b.sequence
      ? a.subsequence - b.subsequence
      : a.sequence < b.sequence
        ? -1
        : 1;

/** Null: an object of which a line is not this log's. */
const linesOfLog = (object: Uint8Array, logId: string): readonly DeliveredLine[] | null => {
  const lines: DeliveredLine[] = [];
  for (const text of linesOf(object)) {
    const line = decodeLine(text);
    if (!line || (logId !== line.stream && !logId.startsWith(`${line.stream}@`))) return null;
    lines.push(line);
  }
  return lines;
};

/** Null: a line lies beyond what speed has stored. */
const placed = async (
  { log, increments }: Stores,
  judges: Judges,
  lines: readonly DeliveredLine[],
): Promise<readonly PlacedLine[] | null> => {
  const { segmentMs } = log.identity;
  const earliest = new Map<ShardId, EpochMs>();
  for (const { shard, arrivalMs } of lines)
    earliest.set(shard, Math.min(arrivalMs, earliest.get(shard) ?? arrivalMs) as EpochMs);
  const stored = new Map<ShardId, StoredSegments>();
  for (const [shard, arrivalMs] of earliest)
    stored.set(shard, await storedSegments(increments, shard, Math.floor(arrivalMs / segmentMs)));
  const found: PlacedLine[] = [];
  for (const line of lines) {
    const place = stored.get(line.shard)?.placeOf(line.sequence);
    if (!place || place.kind === "after") return null;
    // its segment is kept no longer: every generation contains it
    const own = Math.floor(line.arrivalMs / segmentMs) as Tick;
    const tick = place.kind === "within" ? place.tick : own;
    if (!(judges.known(tick) ?? (await judges.at(tick)))) return null;
    found.push({ line, tick });
  }
  return found.toSorted(byPosition);
};

const stageLines = async (
  stage: RawStage,
  { log }: Stores,
  judges: Judges,
  lines: readonly PlacedLine[],
): Promise<void> => {
  const { digest, segmentMs } = log.identity;
  const intakeOf = createIntakes(stage, digest);
  let shard: ShardId | null = null;
  let intake: ReturnType<typeof intakeOf> | null = null;
  for (const { line, tick } of lines) {
    if (intake === null || line.shard !== shard) {
      await intake?.stage();
      shard = line.shard;
      intake = intakeOf(shard);
    }
    const judge = judges.known(tick) ?? (await judges.at(tick));
    if (!judge) throw new Error(`the rules of tick ${tick} of ${shard} were known, and are not any more`);
    const hour = hourOfTick(tick, segmentMs);
    if (!intake.takes(hour, judge)) await intake.stage();
    intake.add(recordOf(line), hour, judge);
  }
  await intake?.stage();
};

/**
 * Makes rows of the raw lake of what Firehose delivered under a prefix, and removes the objects whose rows are published. A
 * record's tick is that of the segment in which speed folded it, so an object waits until all that it holds is folded.
 * A crash leaves rows twice, which batch takes once.
 */
export const takeInDeliveries = async (data: Stores, duckdb: DuckDb, prefix: string): Promise<TakenIn> => {
  const { log, records, lake } = data;
  const judges = createJudges(records);
  const db = await duckdb.connect();
  const stage = createRawStage({ duckdb: db, lake, records, log: log.identity.id });
  const refused: string[] = [];
  let staged: string[] = [];
  const taken = { objects: 0, rows: 0, waiting: 0 };
  const publish = async (): Promise<void> => {
    taken.rows += stage.rows;
    await stage.publish();
    for (const path of staged) await lake.remove(path);
    taken.objects += staged.length;
    staged = [];
  };
  try {
    for (const path of await lake.list(prefix)) {
      const lines = linesOfLog(await lake.get(path), log.identity.id);
      if (!lines) {
        refused.push(path);
        continue;
      }
      const ready = await placed(data, judges, lines);
      if (!ready) {
        taken.waiting += 1;
        continue;
      }
      await stageLines(stage, data, judges, ready);
      staged.push(path);
      if (stage.rows >= PENDING_ROWS_MAX) await publish();
    }
    await publish();
  } finally {
    await stage.abandon();
    await db.close();
  }
  return { ...taken, refused };
};
