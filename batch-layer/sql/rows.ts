import { REASONS } from "@freshet/model";
import { DUCKDB } from "./duckDb.js";
import { floorTo, integer, parquet, tableSql, text } from "./text.js";

/*
 * The tables of a batch run, all temporary on its own connection:
 *   segment      the segments that rows may belong to, with what speed counted
 *   bounds       time bounds of each app revision
 *   counted      positions within written-off ranges that earlier generations counted
 *   landed_row   rows of the raw lake, distinct by position, with segment and verdict
 */

/**
 * `role`: `delta` (after the old cut), `history` (before it, counted again), `context` (before it, needed for live's
 * duplicates alone). `entered`: the generation in which a segment's rows are counted.
 */
export const SEGMENT_TABLE_SQL = `CREATE TEMP TABLE segment (
  segment INTEGER, shard VARCHAR, tick BIGINT, ordinal INTEGER, first_sequence VARCHAR, after_sequence VARCHAR,
  last_sequence VARCHAR, revision INTEGER, records BIGINT, events BIGINT, duplicates BIGINT, role VARCHAR,
  entered INTEGER, written_off BOOLEAN, gap BOOLEAN
);
CREATE TEMP TABLE segment_rejected (segment INTEGER, reason VARCHAR, events BIGINT);
CREATE TEMP TABLE bounds (revision INTEGER, late_ms BIGINT, ahead_ms BIGINT);
CREATE TEMP TABLE counted (shard VARCHAR, sequence VARCHAR, subsequence INTEGER, entered INTEGER)`;

export interface RowsQuery {
  readonly files: readonly string[];
  readonly log: string;
  readonly segmentMs: number;
  readonly generation: number;
}

/**
 * A position lies in the segment with the greatest start below it; rows that another revision judged wait to be landed
 * again. Places are found for each record first: the ASOF join sorts all that it is given. A gap is one segment
 * with the tick before it, however long it was: what has landed of it is judged by its own arrival.
 */
export const landedRowsSql = ({ files, log, segmentMs, generation }: RowsQuery): string => {
  const raw = parquet(files);
  const tickStart = `CASE WHEN s.gap THEN ${floorTo("r.arrival_ms", segmentMs)} ELSE s.tick * ${integer(segmentMs)} END`;
  return `CREATE TEMP TABLE placed AS
SELECT r.shard, r.sequence, s.segment
FROM (SELECT DISTINCT shard, sequence FROM ${raw} WHERE log = ${text(log)}) r
ASOF JOIN segment s ON r.shard = s.shard AND r.sequence > s.after_sequence
WHERE r.sequence <= s.last_sequence;

CREATE TEMP TABLE landed_row AS
WITH judged AS (
  SELECT r.shard, r.sequence, r.subsequence, r.kind, r.type, r.id, r.time_ms, r.body, r.revision,
    s.segment, s.tick, s.entered AS segment_entered, s.written_off,
    CASE
      WHEN r.kind <> 'event' OR r.reason IS NOT NULL THEN r.reason
      WHEN r.time_ms < ${tickStart} - coalesce(r.late_ms, b.late_ms) THEN 'time_out_of_bounds'
      WHEN r.time_ms > ${tickStart} + coalesce(r.ahead_ms, b.ahead_ms) THEN 'time_out_of_bounds'
    END AS reason
  FROM ${raw} r
  JOIN placed p ON p.shard = r.shard AND p.sequence = r.sequence
  JOIN segment s ON s.segment = p.segment AND (r.revision = s.revision OR s.gap)
  JOIN bounds b ON b.revision = r.revision
  WHERE r.log = ${text(log)}
)
SELECT j.* EXCLUDE (segment_entered, written_off),
  CASE WHEN j.written_off THEN coalesce(c.entered, ${integer(generation)}) ELSE j.segment_entered END AS entered,
  CASE WHEN j.kind = 'event' AND j.reason IS NULL THEN ${DUCKDB.identity} END AS identity
FROM judged j
LEFT JOIN counted c ON j.written_off AND c.shard = j.shard AND c.sequence = j.sequence AND c.subsequence = j.subsequence;

DROP TABLE placed`;
};

/** The same table without any row, for a lake without files. */
export const NO_ROWS_SQL = `CREATE TEMP TABLE landed_row (
  shard VARCHAR, sequence VARCHAR, subsequence INTEGER, kind VARCHAR, type VARCHAR, id VARCHAR, time_ms BIGINT,
  body VARCHAR, revision INTEGER, segment INTEGER, tick BIGINT, reason VARCHAR, entered INTEGER,
  identity UUID
)`;

/** Positions that were landed more than once; found by hash, so that the common case of none is cheap. */
export const LANDED_TWICE_SQL = `CREATE TEMP TABLE landed_twice AS
SELECT hash(shard, sequence, subsequence) AS position FROM landed_row GROUP BY position HAVING count(*) > 1`;

/** Leaves one row of each position. */
export const DISTINCT_ROWS_SQL = `DELETE FROM landed_row WHERE rowid IN (
  SELECT row FROM (
    SELECT rowid AS row, row_number() OVER (PARTITION BY shard, sequence, subsequence ORDER BY rowid) AS copy
    FROM landed_row WHERE hash(shard, sequence, subsequence) IN (SELECT position FROM landed_twice)
  ) WHERE copy > 1
)`;

/** Through which sequence each file reaches in each shard. */
export const reachSql = (files: readonly string[]): string =>
  `SELECT filename, shard, max(sequence) AS last FROM read_parquet([${files.map(text).join(", ")}], filename = true, hive_partitioning = false) GROUP BY ALL`;

/** Files of which, by their own statistics, no row lies in a segment; sequences are compared as the segments' join does. */
export const beforeSegmentsSql = (files: readonly string[]): string =>
  `SELECT file_name AS file FROM parquet_metadata([${files.map(text).join(", ")}])
WHERE path_in_schema = 'sequence' GROUP BY file_name
HAVING count(*) = count(stats_max_value) AND max(stats_max_value) <= (SELECT min(after_sequence) FROM segment)`;

/** What batch counts in each segment. */
export const SEGMENT_COUNTS_SQL = tableSql(
  "batch_count",
  `SELECT segment, count(*) FILTER (WHERE subsequence = 0) AS records, count(*) FILTER (WHERE kind = 'event') AS events,
${REASONS.map((reason) => `  count(*) FILTER (WHERE reason = ${text(reason)}) AS ${reason}`).join(",\n")}
FROM landed_row GROUP BY segment`,
);
