import type { SequenceNumber } from "@freshet/model";
import type { DuckDb, Lake, Records } from "@freshet/storage";
import { integer, text } from "../sql/text.js";
import type { RawColumns } from "./rawRows.js";

const HOUR_MS = 3_600_000;
const ATTEMPTS_MAX = 100;
const NUMBERS = "raw-files";
const STAGING = "landing_rows";

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

const STAGING_SQL = `CREATE OR REPLACE TEMP TABLE ${STAGING} (
  hour INTEGER, shard VARCHAR, sequence VARCHAR, subsequence INTEGER, arrival_ms DOUBLE, kind VARCHAR, type VARCHAR,
  id VARCHAR, time_ms DOUBLE, late_ms DOUBLE, ahead_ms DOUBLE, body VARCHAR, reason VARCHAR, revision INTEGER
)`;

/** One file of the raw lake. Rows keep the order in which they were read. */
export const rawFileSql = (log: string, hour: number, file: string): string =>
  `COPY (
  SELECT ${text(log)} AS log, shard, sequence, subsequence, arrival_ms::BIGINT AS arrival_ms, kind, type, id,
    time_ms::BIGINT AS time_ms, late_ms::BIGINT AS late_ms, ahead_ms::BIGINT AS ahead_ms, body, reason, revision
  FROM ${STAGING} WHERE hour = ${integer(hour)}
) TO ${text(file)} (FORMAT parquet, COMPRESSION zstd)`;

/** Publishes rows as one file for each arrival hour. They may be published again: batch takes a position once. */
export const publishRows = async (
  { duckdb, lake, records, log }: { duckdb: DuckDb; lake: Lake; records: Records; log: string },
  rows: RawColumns,
): Promise<readonly string[]> => {
  if (rows.hour.length === 0) return [];
  const number = await reserveFileNumber(records);
  await duckdb.run(STAGING_SQL);
  await duckdb.insertColumns(STAGING, { ...rows });
  const hours = await duckdb.rows<{ hour: number; first: SequenceNumber }>(
    `SELECT hour, min(sequence) AS first FROM ${STAGING} GROUP BY hour ORDER BY hour`,
  );
  const paths: string[] = [];
  for (const { hour, first } of hours) {
    const file = await lake.scratch("parquet");
    await duckdb.run(rawFileSql(log, hour, file));
    const path = rawPath(hour, first, number);
    await lake.publish(file, path);
    paths.push(path);
  }
  await duckdb.run(`DROP TABLE ${STAGING}`);
  return paths;
};
