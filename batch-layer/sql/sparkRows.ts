import { SPARK } from "./spark.js";
import { floorTo, integer, tableSql } from "./text.js";

export interface SparkRowsQuery {
  readonly log: string;
  readonly segmentMs: number;
  readonly generation: number;
}

/** The order in which a shard's rows and the starts of its segments lie: a segment begins after its `after_sequence`. */
const IN_SHARD = "PARTITION BY shard ORDER BY sequence, marker, subsequence, revision";

/**
 * `landed_row` as `landedRowsSql` makes it, for an engine without ASOF joins: rows and the starts of segments are sorted
 * together, once, and each row takes the last start before it; copies of a position lie side by side in the same order.
 */
export const sparkLandedRowsSql = ({ log, segmentMs, generation }: SparkRowsQuery): string => {
  const tickStart = `CASE WHEN s.gap THEN ${floorTo("p.arrival_ms", segmentMs)} ELSE s.tick * ${integer(segmentMs)} END`;
  const of = "shard, sequence, subsequence, kind, type, id, time_ms, body, revision";
  return tableSql(
    "landed_row",
    `WITH marked AS (
  SELECT ${of}, arrival_ms, late_ms, ahead_ms, reason, 0 AS marker, CAST(NULL AS INT) AS start
  FROM raw WHERE log = ${SPARK.text(log)}
  UNION ALL
  SELECT shard, after_sequence, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, segment FROM segment
),
placed AS (
  SELECT *, last_value(start, TRUE) OVER (${IN_SHARD} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS placed
  FROM marked
),
judged AS (
  SELECT p.${of.replaceAll(", ", ", p.")}, p.marker, s.segment, s.tick, s.entered AS segment_entered, s.written_off,
    CASE
      WHEN p.kind <> 'event' OR p.reason IS NOT NULL THEN p.reason
      WHEN p.time_ms < ${tickStart} - coalesce(p.late_ms, b.late_ms) THEN 'time_out_of_bounds'
      WHEN p.time_ms > ${tickStart} + coalesce(p.ahead_ms, b.ahead_ms) THEN 'time_out_of_bounds'
    END AS reason
  FROM placed p
  JOIN segment s ON s.segment = p.placed
  JOIN bounds b ON b.revision = p.revision
  WHERE p.marker = 0 AND p.sequence <= s.last_sequence AND (p.revision = s.revision OR s.gap)
),
single AS (
  SELECT * FROM (
    SELECT *, lag(sequence) OVER (${IN_SHARD}) AS sequence_before, lag(subsequence) OVER (${IN_SHARD}) AS subsequence_before
    FROM judged
  )
  WHERE sequence_before IS NULL OR sequence_before <> sequence OR subsequence_before <> subsequence
)
SELECT j.${of.replaceAll(", ", ", j.")}, j.segment, j.tick, j.reason,
  CASE WHEN j.written_off THEN coalesce(c.entered, ${integer(generation)}) ELSE j.segment_entered END AS entered,
  CASE WHEN j.kind = 'event' AND j.reason IS NULL THEN ${SPARK.identity} END AS identity
FROM single j
LEFT JOIN counted c ON j.written_off AND c.shard = j.shard AND c.sequence = j.sequence AND c.subsequence = j.subsequence`,
  );
};

/** Through which sequence each raw file reaches in each shard. */
export const SPARK_REACH_SQL =
  "SELECT file_path, shard, max(sequence) AS last FROM raw GROUP BY file_path, shard";
