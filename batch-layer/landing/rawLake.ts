import { rm } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { SequenceNumber, ShardId } from "@freshet/model";
import {
  createPlainParquet,
  type DuckDb,
  type Lake,
  type PlainKind,
  type PlainParquet,
  type RecordBatch,
  type Records,
  replaceOrLookAgain,
} from "@freshet/storage";
import { parquet, text } from "../sql/text.js";
import type { Judge } from "./judges.js";
import { createRawColumns, type LandedRecord, pushRows, type RawColumns } from "./rawRows.js";

const HOUR_MS = 3_600_000;
const ATTEMPTS_MAX = 100;
const NUMBERS = "raw-files";

export const RAW_PREFIX = "raw/";

const hourText = (hour: number): string =>
  new Date(hour * HOUR_MS).toISOString().slice(0, 13).replace(/[-T]/g, "");

/** `raw/hour=<YYYYMMDDHH>/<first sequence>-<number>.parquet`; a number is used once, ever. */
export const rawPath = (hour: number, firstSequence: SequenceNumber, number: number): string =>
  `${RAW_PREFIX}hour=${hourText(hour)}/${firstSequence.replace(/^0+(?=\d)/, "")}-${number}.parquet`;

/** The hour since 1970 that a path of `rawPath` names; null for any other path. */
export const hourOfRawPath = (path: string): number | null => {
  const match = /^raw\/hour=(\d{4})(\d\d)(\d\d)(\d\d)\/[^/]+\.parquet$/.exec(path);
  if (!match) return null;
  const [, year, month, day, hour] = match;
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour)) / HOUR_MS;
};

/** Reserves a file number. Never given again, so that no manifest can take a new file for one that it has consumed. */
export const reserveFileNumber = async (records: Records): Promise<number> => {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const stored = await records.get<{ readonly next: number }>(NUMBERS);
    const number = stored?.value.next ?? 1;
    if (await replaceOrLookAgain(records, NUMBERS, stored?.revision ?? 0, { next: number + 1 }))
      return number;
  }
  throw new Error(`the record ${NUMBERS} was changed by others ${ATTEMPTS_MAX} times in a row; try again`);
};

/** One file of the raw lake, from the scratch file of its rows. Rows keep the order in which they were read. */
export const rawFileSql = (log: string, scratch: string, file: string): string =>
  `COPY (
  SELECT ${text(log)} AS log, shard, sequence, subsequence, arrival_ms::BIGINT AS arrival_ms,
    CASE WHEN body IS NULL THEN 'heartbeat' ELSE 'event' END AS kind, type, id, time_ms::BIGINT AS time_ms,
    late_ms::BIGINT AS late_ms, ahead_ms::BIGINT AS ahead_ms, body, reason, revision
  FROM ${parquet([scratch])}
) TO ${text(file)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)`;

export interface RawStageOptions {
  readonly duckdb: DuckDb;
  readonly lake: Lake;
  readonly records: Records;
  readonly log: string;
}

/** Rows that are read, but not part of the lake yet: in scratch files, one for each arrival hour. */
export interface RawStage {
  readonly rows: number;
  readonly bytes: number;
  /** The rows of a batch of records. */
  add(
    shard: ShardId,
    hour: number,
    judge: Judge,
    records: readonly LandedRecord[],
    batch: RecordBatch,
  ): Promise<void>;
  /** Publishes the rows as one file for each arrival hour. They may be published again: batch takes a position once. */
  publish(): Promise<readonly string[]>;
  /** Forgets what was not published. */
  abandon(): Promise<void>;
}

/** Rows are written to their scratch file when so many bytes of them are held. */
const HELD_BYTES_MAX = 8 * 2 ** 20;

interface StagedHour {
  readonly file: string;
  readonly columns: RawColumns;
  readonly parquet: PlainParquet;
  firstSequence: SequenceNumber;
}

const KINDS: Readonly<Record<keyof RawColumns, PlainKind>> = {
  shard: "text",
  sequence: "text",
  subsequence: "int32",
  arrival_ms: "double",
  type: "text",
  id: "text",
  time_ms: "double",
  late_ms: "double",
  ahead_ms: "double",
  body: "text",
  reason: "text",
  revision: "int32",
};

export const createRawStage = ({ duckdb, lake, records, log }: RawStageOptions): RawStage => {
  const hours = new Map<number, StagedHour>();
  /** Of an hour that was published: empty, and as large as an hour's become. */
  let spare: RawColumns | null = null;
  let rows = 0;
  let bytes = 0;

  const stagedHour = async (hour: number, firstSequence: SequenceNumber): Promise<StagedHour> => {
    const standing = hours.get(hour);
    if (standing) return standing;
    const file = await lake.scratch("parquet");
    const columns = spare ?? createRawColumns();
    spare = null;
    const named = (Object.keys(KINDS) as (keyof RawColumns)[]).map((name) => ({
      name,
      kind: KINDS[name],
      column: columns[name],
    }));
    const staged = { file, columns, parquet: await createPlainParquet(file, named), firstSequence };
    hours.set(hour, staged);
    return staged;
  };
  const publishHour = async (hour: number, staged: StagedHour, number: number): Promise<string> => {
    await staged.parquet.finish();
    spare = staged.columns;
    const file = await lake.scratch("parquet");
    await duckdb.run(rawFileSql(log, staged.file, file));
    const path = rawPath(hour, staged.firstSequence, number);
    await lake.publish(file, path);
    hours.delete(hour);
    await rm(staged.file);
    return path;
  };

  return {
    get rows() {
      return rows;
    },
    get bytes() {
      return bytes;
    },
    async add(shard, hour, judge, added, batch) {
      const [first] = added;
      if (!first) return;
      const staged = await stagedHour(hour, first.sequence);
      const { parquet: held } = staged;
      const before = { rows: held.rows, bytes: held.heldBytes };
      pushRows(staged.columns, shard, added, batch, judge);
      if (first.sequence < staged.firstSequence) staged.firstSequence = first.sequence;
      rows += held.rows - before.rows;
      bytes += held.heldBytes - before.bytes;
      if (held.heldBytes >= HELD_BYTES_MAX) await held.writeRowGroup();
      await nextTurn();
    },
    async publish() {
      if (rows === 0) return [];
      const number = await reserveFileNumber(records);
      const paths: string[] = [];
      for (const [hour, staged] of [...hours].sort(([a], [b]) => a - b))
        paths.push(await publishHour(hour, staged, number));
      rows = 0;
      bytes = 0;
      return paths;
    },
    async abandon() {
      for (const { parquet: held, file } of hours.values()) {
        await held.abandon();
        await rm(file, { force: true });
      }
      hours.clear();
      rows = 0;
      bytes = 0;
    },
  };
};
