import { REASONS } from "@freshet/model";
import { integer, parquet } from "./text.js";

/** Segments through the cut that enter in this generation, as the ledger keeps them for ever. */
export const ledgerRowsSql = (generation: number): string => `SELECT s.shard, s.tick, s.ordinal, s.first_sequence,
  s.after_sequence, s.last_sequence, s.revision, coalesce(b.records, 0) AS records, coalesce(b.events, 0) AS events,
  coalesce(d.duplicates, 0) AS duplicates, ${REASONS.map((reason) => `coalesce(b.${reason}, 0) AS ${reason}`).join(", ")},
  s.written_off, ${integer(generation)} AS generation
FROM segment s
JOIN cut_point c ON c.shard = s.shard AND (s.tick, s.ordinal) <= (c.tick, c.ordinal)
LEFT JOIN batch_count b ON b.shard = s.shard AND b.tick = s.tick AND b.ordinal = s.ordinal
LEFT JOIN live_duplicate d ON d.shard = s.shard AND d.tick = s.tick AND d.ordinal = s.ordinal
WHERE s.role = 'delta'`;

export const LEDGER_ORDER = "shard, tick, ordinal";

const CONTEXT_COLUMNS = "shard, tick, ordinal, first_sequence, after_sequence, last_sequence, revision";

/**
 * Earlier segments that are needed besides the delta: those within a horizon before it, for live's duplicates, and
 * written-off ones, whose rows may turn up at any time. `needed` holds, by shard, the least tick.
 */
export const contextSegmentsSql = (files: readonly string[]): string => `INSERT INTO segment (${CONTEXT_COLUMNS}, role, written_off)
SELECT ${CONTEXT_COLUMNS.replaceAll(/(\w+)/g, "l.$1")}, 'context', l.written_off
FROM ${parquet(files)} l LEFT JOIN needed n ON n.shard = l.shard
WHERE l.written_off OR l.tick >= n.least_tick`;

/** All earlier segments, to be counted again. */
export const historySegmentsSql = (files: readonly string[]): string => `INSERT INTO segment
SELECT ${CONTEXT_COLUMNS}, records, events, duplicates, 'history', generation, written_off FROM ${parquet(files)};
INSERT INTO segment_rejected
SELECT shard, tick, ordinal, reason, n FROM (
  UNPIVOT (SELECT shard, tick, ordinal, ${REASONS.join(", ")} FROM ${parquet(files)}) ON ${REASONS.join(", ")} INTO NAME reason VALUE n
) WHERE n > 0`;

/** What entered in one generation, or (null) in all. */
export const totalsSql = (generation: number | null): string => {
  const entered = generation === null ? "entered IS NOT NULL" : `entered = ${integer(generation)}`;
  return `SELECT count(*) FILTER (subsequence = 0) AS records, count(*) FILTER (kind = 'event') AS events,
  count(identity) AS counted, min(time_ms) FILTER (identity IS NOT NULL) AS oldest,
  max(time_ms) FILTER (identity IS NOT NULL) AS newest,
  (SELECT count(*) FROM copy WHERE ${entered}) AS duplicates,
  (SELECT count(*) FROM copy WHERE ${entered} AND conflict) AS conflicts,
${REASONS.map((reason) => `  count(*) FILTER (reason = '${reason}') AS ${reason}`).join(",\n")}
FROM counted_row WHERE ${entered}`;
};

/** Positions within written-off ranges that enter in one generation. */
export const positionRowsSql = (generation: number): string =>
  `SELECT shard, sequence, subsequence, entered FROM counted_row WHERE written_off AND entered = ${integer(generation)}`;
