import { REASONS, type SequenceNumber, type ShardId } from "@freshet/model";
import type { DuckDb, Lake, Records } from "@freshet/storage";
import { integer, text } from "../sql/text.js";
import type { RawColumns } from "./rawRows.js";

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
    if (await records.replace(NUMBERS, stored?.revision ?? 0, { next: number + 1 })) return number;
  }
  throw new Error(`the record ${NUMBERS} was changed by others ${ATTEMPTS_MAX} times in a row; try again`);
};

/** The table in which rows wait: outside JavaScript's heap, where many thousand of them would be a burden. */
const STAGE = "landing_stage";

const STAGE_SQL = `CREATE OR REPLACE TEMP TABLE ${STAGE} (
  shard INTEGER, hour INTEGER, sequence VARCHAR, subsequence INTEGER, arrival_ms DOUBLE, is_event BOOLEAN,
  type VARCHAR, id VARCHAR, time_ms DOUBLE, late_ms DOUBLE, ahead_ms DOUBLE, body VARCHAR, reason INTEGER,
  revision INTEGER
)`;

const listed = (values: readonly string[], index: string): string =>
  `[${values.map(text).join(", ")}][${index} + 1]`;

/** One file of the raw lake. Rows keep the order in which they were read. */
export const rawFileSql = (log: string, shards: readonly string[], hour: number, file: string): string =>
  `COPY (
  SELECT ${text(log)} AS log, ${listed(shards, "shard")} AS shard, sequence, subsequence,
    arrival_ms::BIGINT AS arrival_ms, CASE WHEN is_event THEN 'event' ELSE 'heartbeat' END AS kind, type, id,
    time_ms::BIGINT AS time_ms, late_ms::BIGINT AS late_ms, ahead_ms::BIGINT AS ahead_ms, body,
    ${listed(REASONS, "reason")} AS reason, revision
  FROM ${STAGE} WHERE hour = ${integer(hour)}
) TO ${text(file)} (FORMAT parquet, COMPRESSION zstd)`;

export interface RawStageOptions {
  readonly duckdb: DuckDb;
  readonly lake: Lake;
  readonly records: Records;
  readonly log: string;
}

/** Rows that are read, but not part of the lake yet. */
export interface RawStage {
  readonly rows: number;
  readonly characters: number;
  add(shard: ShardId, rows: RawColumns, characters: number): Promise<void>;
  /** Publishes the rows as one file for each arrival hour. They may be published again: batch takes a position once. */
  publish(): Promise<readonly string[]>;
}

export const createRawStage = ({ duckdb, lake, records, log }: RawStageOptions): RawStage => {
  const shards: ShardId[] = [];
  let rows = 0;
  let characters = 0;
  const indexOf = (shard: ShardId): number => {
    const found = shards.indexOf(shard);
    return found >= 0 ? found : shards.push(shard) - 1;
  };
  return {
    get rows() {
      return rows;
    },
    get characters() {
      return characters;
    },
    async add(shard, added, addedCharacters) {
      const count = added.hour.length;
      if (count === 0) return;
      if (rows === 0) await duckdb.run(STAGE_SQL);
      await duckdb.insertColumns(STAGE, { ...added, shard: new Int32Array(count).fill(indexOf(shard)) });
      rows += count;
      characters += addedCharacters;
    },
    async publish() {
      if (rows === 0) return [];
      const number = await reserveFileNumber(records);
      const hours = await duckdb.rows<{ hour: number; first: SequenceNumber }>(
        `SELECT hour, min(sequence) AS first FROM ${STAGE} GROUP BY hour ORDER BY hour`,
      );
      const paths: string[] = [];
      for (const { hour, first } of hours) {
        const file = await lake.scratch("parquet");
        await duckdb.run(rawFileSql(log, shards, hour, file));
        const path = rawPath(hour, first, number);
        await lake.publish(file, path);
        paths.push(path);
      }
      await duckdb.run(`DROP TABLE ${STAGE}`);
      rows = 0;
      characters = 0;
      return paths;
    },
  };
};
