import type { Dialect } from "./dialect.js";
import { integer, tableSql } from "./text.js";

/*
 *   cut_point   the new cut: shard, tick, ordinal
 *   in_cut      the segments through it
 *   copy        counted rows that do not stand, with the shard of the one that stands, and whether its body differs
 *   standing    (view) counted rows that stand, each identity once
 */
const HOUR_MS = 3_600_000;
const POSITION = "entered, tick, shard, sequence, subsequence";

export const CUT_TABLE_SQL = `CREATE TEMP TABLE cut_point (shard VARCHAR, tick BIGINT, ordinal INTEGER)`;

export const IN_CUT_SQL = tableSql(
  "in_cut",
  "SELECT s.segment FROM segment s JOIN cut_point c ON c.shard = s.shard AND (s.tick, s.ordinal) <= (c.tick, c.ordinal)",
);

/** Rows through the cut that this run counts: those that enter in one generation, or (null) all, where history is counted again. */
export const countedViewSql = (generation: number | null): string => `CREATE TEMP VIEW counted_row AS
SELECT r.* FROM landed_row r SEMI JOIN in_cut USING (segment)
WHERE ${generation === null ? "r.entered IS NOT NULL" : `r.entered = ${integer(generation)}`}`;

/** Which identities of this run earlier generations hold: rows of the index, of the hours that the run touches. */
export const knownIdentitiesSql = ({ storedIdentity }: Dialect, stored: string): string =>
  tableSql(
    "known",
    `SELECT i.identity, i.of_shard, i.body_hash
FROM (SELECT ${storedIdentity("identity")} AS identity, shard AS of_shard, body_hash, hour FROM ${stored}) i
SEMI JOIN (SELECT identity FROM counted_row WHERE identity IS NOT NULL) USING (identity)
WHERE i.hour BETWEEN
  (SELECT floor(min(time_ms) / ${HOUR_MS}) FROM counted_row WHERE identity IS NOT NULL)
  AND (SELECT floor(max(time_ms) / ${HOUR_MS}) FROM counted_row WHERE identity IS NOT NULL)`,
  );

export const nothingKnownSql = ({ bodyHash }: Dialect): string =>
  tableSql(
    "known",
    `SELECT identity, shard AS of_shard, ${bodyHash} AS body_hash FROM counted_row WHERE FALSE`,
  );

/** The first by (generation, tick, shard, sequence, subsequence) stands. */
export const copiesSql = ({ bodyHash }: Dialect): string =>
  tableSql(
    "copy",
    `SELECT segment, shard, sequence, subsequence, entered, of_shard, body_hash <> stands AS conflict
FROM (
  SELECT r.segment, r.shard, r.sequence, r.subsequence, r.entered, ${bodyHash} AS body_hash,
    k.identity IS NOT NULL AS known, row_number() OVER by_position AS place,
    coalesce(k.of_shard, first(r.shard) OVER by_position) AS of_shard,
    coalesce(k.body_hash, first(${bodyHash}) OVER by_position) AS stands
  FROM counted_row r LEFT JOIN known k USING (identity)
  WHERE r.identity IS NOT NULL
    AND (k.identity IS NOT NULL OR r.identity IN (SELECT identity FROM repeated))
  WINDOW by_position AS (PARTITION BY r.identity ORDER BY ${POSITION} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
WHERE known OR place > 1`,
  );

export const STANDING_VIEW_SQL = `CREATE TEMP VIEW standing AS
SELECT r.* FROM counted_row r ANTI JOIN copy USING (shard, sequence, subsequence)
WHERE r.identity IS NOT NULL`;

/**
 * The index rows of one generation's standing events (null: of all), which are stored by event hour. None is ever left
 * out for its age: how late a copy may come is said by the copy's own bounds, and by revisions that are yet to come.
 */
export const identityRowsSql = ({ bodyHash }: Dialect, generation: number | null): string =>
  `SELECT floor(time_ms / ${HOUR_MS})::BIGINT AS hour, identity, shard, sequence, subsequence, ${bodyHash} AS body_hash
FROM standing${generation === null ? "" : ` WHERE entered = ${integer(generation)}`}`;
