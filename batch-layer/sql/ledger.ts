import { REASONS } from "@freshet/model";
import { integer, parquet } from "./text.js";

/** Segments through the cut that enter in this generation, as the ledger keeps them for ever. */
export const ledgerRowsSql = (
  generation: number,
): string => `SELECT s.shard, s.tick, s.ordinal, s.first_sequence,
  s.after_sequence, s.last_sequence, s.revision, s.gap, coalesce(b.records, 0) AS records, coalesce(b.events, 0) AS events,
  coalesce(d.duplicates, 0) AS duplicates, ${REASONS.map((reason) => `coalesce(b.${reason}, 0) AS ${reason}`).join(", ")},
  s.written_off, ${integer(generation)} AS generation
FROM segment s
SEMI JOIN in_cut USING (segment)
LEFT JOIN batch_count b USING (segment)
LEFT JOIN live_duplicate d USING (segment)
WHERE s.role = 'delta'`;

const KEY_COLUMNS = [
  "shard",
  "tick",
  "ordinal",
  "first_sequence",
  "after_sequence",
  "last_sequence",
  "revision",
  "gap",
] as const;

/**
 * Earlier segments that are needed besides the delta: those within a horizon before it, for live's duplicates, and
 * written-off ones, whose rows may turn up at any time. `needed` holds, by shard, the least tick.
 *
 * @param after the greatest number that a segment of the table has
 */
export const contextSegmentsSql = (files: readonly string[], after: number): string =>
  `INSERT INTO segment (segment, ${KEY_COLUMNS.join(", ")}, role, written_off)
SELECT ${integer(after)} + row_number() OVER (), ${KEY_COLUMNS.map((column) => `l.${column}`).join(", ")}, 'context', l.written_off
FROM ${parquet(files)} l LEFT JOIN needed n ON n.shard = l.shard
WHERE l.written_off OR l.tick >= n.least_tick`;

/** All earlier segments, to be counted again. @param after as of `contextSegmentsSql` */
export const historySegmentsSql = (
  files: readonly string[],
  after: number,
): string => `CREATE TEMP TABLE history AS
SELECT ${integer(after)} + row_number() OVER () AS segment, * FROM ${parquet(files)};
INSERT INTO segment (segment, ${KEY_COLUMNS.join(", ")}, records, events, duplicates, role, entered, written_off)
SELECT segment, ${KEY_COLUMNS.join(", ")}, records, events, duplicates, 'history', generation, written_off FROM history;
INSERT INTO segment_rejected
SELECT segment, reason, n FROM (
  UNPIVOT (SELECT segment, ${REASONS.join(", ")} FROM history) ON ${REASONS.join(", ")} INTO NAME reason VALUE n
) WHERE n > 0;
DROP TABLE history`;

/** What entered in one generation, or (null) in all. */
export const totalsSql = (generation: number | null): string => {
  const entered = generation === null ? "entered IS NOT NULL" : `entered = ${integer(generation)}`;
  return `SELECT count(*) FILTER (WHERE subsequence = 0) AS records, count(*) FILTER (WHERE kind = 'event') AS events,
  count(identity) AS counted, min(time_ms) FILTER (WHERE identity IS NOT NULL) AS oldest,
  max(time_ms) FILTER (WHERE identity IS NOT NULL) AS newest,
  (SELECT count(*) FROM copy WHERE ${entered}) AS duplicates,
  (SELECT count(*) FROM copy WHERE ${entered} AND conflict) AS conflicts,
${REASONS.map((reason) => `  count(*) FILTER (WHERE reason = '${reason}') AS ${reason}`).join(",\n")}
FROM counted_row WHERE ${entered}`;
};

/** Positions within written-off ranges that enter in one generation. */
export const positionRowsSql = (generation: number): string =>
  `SELECT shard, sequence, subsequence, entered FROM counted_row
WHERE entered = ${integer(generation)} AND segment IN (SELECT segment FROM segment WHERE written_off)`;
