import { SPARK } from "./spark.js";
import { floorTo, integer, tableSql } from "./text.js";

export interface SparkRowsQuery {
  readonly log: string;
  readonly segmentMs: number;
  readonly generation: number;
}

const POSITION = "shard, sequence, subsequence";

/** The last start of a segment before each record: a segment begins after its `after_sequence`. */
const placedSql = (log: string): string => `WITH marked AS (
  SELECT shard, sequence, 0 AS marker, CAST(NULL AS INT) AS start
  FROM (SELECT DISTINCT shard, sequence FROM raw WHERE log = ${SPARK.text(log)})
  UNION ALL
  SELECT shard, after_sequence, 1, segment FROM segment
)
SELECT shard, sequence, segment FROM (
  SELECT *, last_value(start, TRUE) OVER (
    PARTITION BY shard ORDER BY sequence, marker ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS segment FROM marked
)
WHERE marker = 0 AND segment IS NOT NULL`;

/**
 * `landed_row` as `landedRowsSql` makes it, for an engine without ASOF joins: records and the starts of segments are sorted together,
 * which moves no body, and rows find their record's place. Of positions that were landed more than once, one row stays; they are found
 * by hash, so that the common case of none is cheap.
 */
export const sparkLandedRowsSql = ({ log, segmentMs, generation }: SparkRowsQuery): string => {
  const tickStart = `CASE WHEN s.gap THEN ${floorTo("p.arrival_ms", segmentMs)} ELSE s.tick * ${integer(segmentMs)} END`;
  const of = `${POSITION}, kind, type, id, time_ms, body, revision`;
  const position = (row: string): string =>
    `xxhash64(${POSITION.split(", ")
      .map((column) => `${row}.${column}`)
      .join(", ")})`;
  const from = `raw p
  JOIN placed l ON l.shard = p.shard AND l.sequence = p.sequence
  JOIN segment s ON s.segment = l.segment`;
  const where = `p.log = ${SPARK.text(log)} AND p.sequence <= s.last_sequence AND (p.revision = s.revision OR s.gap)`;
  const twice = `SELECT ${position("p")} AS position
FROM ${from}
WHERE ${where}
GROUP BY position HAVING count(*) > 1`;
  const landed = `WITH judged AS (
  SELECT p.${of.replaceAll(", ", ", p.")}, s.segment, s.tick, s.entered AS segment_entered, s.written_off,
    CASE
      WHEN p.kind <> 'event' OR p.reason IS NOT NULL THEN p.reason
      WHEN p.time_ms < ${tickStart} - coalesce(p.late_ms, b.late_ms) THEN 'time_out_of_bounds'
      WHEN p.time_ms > ${tickStart} + coalesce(p.ahead_ms, b.ahead_ms) THEN 'time_out_of_bounds'
    END AS reason
  FROM ${from}
  JOIN bounds b ON b.revision = p.revision
  WHERE ${where}
),
single AS (
  SELECT o.*, 1 AS copy FROM judged o ANTI JOIN landed_twice t ON t.position = ${position("o")}
  UNION ALL
  SELECT * FROM (
    SELECT o.*, row_number() OVER (PARTITION BY ${POSITION} ORDER BY revision) AS copy
    FROM judged o SEMI JOIN landed_twice t ON t.position = ${position("o")}
  )
  WHERE copy = 1
)
SELECT j.${of.replaceAll(", ", ", j.")}, j.segment, j.tick, j.reason,
  CASE WHEN j.written_off THEN coalesce(c.entered, ${integer(generation)}) ELSE j.segment_entered END AS entered,
  CASE WHEN j.kind = 'event' AND j.reason IS NULL THEN ${SPARK.identity} END AS identity
FROM single j
LEFT JOIN counted c ON j.written_off AND c.shard = j.shard AND c.sequence = j.sequence AND c.subsequence = j.subsequence`;
  return [
    tableSql("placed", placedSql(log)),
    tableSql("landed_twice", twice),
    tableSql("landed_row", landed),
  ].join(";\n\n");
};

/** Through which sequence each raw file reaches in each shard. */
export const SPARK_REACH_SQL =
  "SELECT file_path, shard, max(sequence) AS last FROM raw GROUP BY file_path, shard";
