import { REASONS } from "@freshet/model";
import { integer, tableSql } from "./text.js";

/** `family`: every shard with itself (`own`) and with its ancestors. */
export const FAMILY_TABLE_SQL = `CREATE TEMP TABLE family (shard VARCHAR, ancestor VARCHAR, own BOOLEAN)`;

/** Identities that occur more than once: only these can be duplicates, of either rule. */
export const REPEATED_SQL = tableSql(
  "repeated",
  "SELECT identity FROM landed_row WHERE identity IS NOT NULL GROUP BY identity HAVING count(*) > 1",
);

/**
 * Live's own rule: an occurrence that was not rejected lies earlier in the same shard, or in an ancestor, at most the
 * horizon of ticks before.
 */
export const liveDuplicatesSql = (horizonTicks: number): string =>
  `${tableSql(
    "live_copy",
    `SELECT segment, shard, sequence, subsequence
FROM (
  SELECT r.segment, r.shard, r.sequence, r.subsequence, r.tick, f.own,
    max(r.tick) OVER (
      PARTITION BY f.shard, r.identity ORDER BY f.own, r.sequence, r.subsequence
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS seen
  FROM landed_row r
  SEMI JOIN repeated USING (identity)
  JOIN family f ON f.ancestor = r.shard
)
WHERE own AND tick - seen <= ${integer(horizonTicks)}`,
  )};

${tableSql("live_duplicate", "SELECT segment, count(*) AS duplicates FROM live_copy GROUP BY segment")}`;

const columns = REASONS.map((reason) => `coalesce(b.${reason}, 0) AS ${reason}`).join(", ");
const rejections = REASONS.map((reason) => `b.${reason}`).join(" + ");

/**
 * Segments whose counts differ, with what batch counts now: of the delta, from what speed counted; of history, from what
 * batch counted itself. There duplicates are left out: they follow from the rows, and rows before a gap may have turned up.
 */
export const DIFFERENCES_SQL = `WITH rejected AS (
  UNPIVOT batch_count ON ${REASONS.join(", ")} INTO NAME reason VALUE n
),
unlike AS (
  SELECT segment FROM (
    SELECT segment, reason, n FROM rejected WHERE n > 0
    UNION ALL
    SELECT segment, reason, -events FROM segment_rejected
  )
  GROUP BY segment, reason HAVING sum(n) <> 0
)
SELECT s.shard, s.tick, s.ordinal, s.role, coalesce(b.records, 0) AS records, coalesce(b.events, 0) AS events,
  coalesce(d.duplicates, 0) AS duplicates, coalesce(b.events - (${rejections}), 0) AS standing, ${columns}
FROM segment s
LEFT JOIN batch_count b USING (segment)
LEFT JOIN live_duplicate d USING (segment)
WHERE (s.role = 'delta' OR (s.role = 'history' AND NOT s.written_off)) AND (
  coalesce(b.records, 0) <> s.records OR coalesce(b.events, 0) <> s.events
  OR (s.role = 'delta' AND coalesce(d.duplicates, 0) <> s.duplicates)
  OR s.segment IN (SELECT segment FROM unlike)
)`;
