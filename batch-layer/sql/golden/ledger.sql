CREATE TEMP TABLE repeated AS
SELECT identity FROM landed_row WHERE identity IS NOT NULL GROUP BY identity HAVING count(*) > 1;

CREATE TEMP TABLE live_copy AS
SELECT segment, shard, sequence, subsequence
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
WHERE own AND tick - seen <= 120;

CREATE TEMP TABLE live_duplicate AS
SELECT segment, count(*) AS duplicates FROM live_copy GROUP BY segment;

CREATE TEMP TABLE batch_count AS
SELECT segment, count(*) FILTER (WHERE subsequence = 0) AS records, count(*) FILTER (WHERE kind = 'event') AS events,
  count(*) FILTER (WHERE reason = 'malformed') AS malformed,
  count(*) FILTER (WHERE reason = 'too_large') AS too_large,
  count(*) FILTER (WHERE reason = 'unknown_type') AS unknown_type,
  count(*) FILTER (WHERE reason = 'unknown_version') AS unknown_version,
  count(*) FILTER (WHERE reason = 'missing_field') AS missing_field,
  count(*) FILTER (WHERE reason = 'wrong_type') AS wrong_type,
  count(*) FILTER (WHERE reason = 'out_of_range') AS out_of_range,
  count(*) FILTER (WHERE reason = 'time_out_of_bounds') AS time_out_of_bounds
FROM landed_row GROUP BY segment;

WITH rejected AS (
  UNPIVOT batch_count ON malformed, too_large, unknown_type, unknown_version, missing_field, wrong_type, out_of_range, time_out_of_bounds INTO NAME reason VALUE n
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
  coalesce(d.duplicates, 0) AS duplicates, coalesce(b.events - (b.malformed + b.too_large + b.unknown_type + b.unknown_version + b.missing_field + b.wrong_type + b.out_of_range + b.time_out_of_bounds), 0) AS standing, coalesce(b.malformed, 0) AS malformed, coalesce(b.too_large, 0) AS too_large, coalesce(b.unknown_type, 0) AS unknown_type, coalesce(b.unknown_version, 0) AS unknown_version, coalesce(b.missing_field, 0) AS missing_field, coalesce(b.wrong_type, 0) AS wrong_type, coalesce(b.out_of_range, 0) AS out_of_range, coalesce(b.time_out_of_bounds, 0) AS time_out_of_bounds
FROM segment s
LEFT JOIN batch_count b USING (segment)
LEFT JOIN live_duplicate d USING (segment)
WHERE (s.role = 'delta' OR (s.role = 'history' AND NOT s.written_off)) AND (
  coalesce(b.records, 0) <> s.records OR coalesce(b.events, 0) <> s.events
  OR (s.role = 'delta' AND coalesce(d.duplicates, 0) <> s.duplicates)
  OR s.segment IN (SELECT segment FROM unlike)
);
