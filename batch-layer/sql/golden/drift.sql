CREATE TEMP TABLE reconciled AS
SELECT s.segment, s.shard, s.tick, s.ordinal, s.revision, s.role = 'delta' AS own,
  CASE WHEN s.written_off OR s.gap OR s.duplicates <> coalesce(d.duplicates, 0) THEN 'written_off' ELSE 'compared' END AS class
FROM segment s
SEMI JOIN in_cut USING (segment)
LEFT JOIN live_duplicate d USING (segment)
WHERE s.role = 'delta' OR s.written_off;

CREATE TEMP TABLE beyond AS
SELECT r.*,
  CASE WHEN c.conflict THEN 'conflict' WHEN f.shard IS NOT NULL THEN 'far_duplicate' ELSE 'cross_shard_duplicate' END AS cause
FROM copy c
JOIN landed_row r ON r.shard = c.shard AND r.sequence = c.sequence AND r.subsequence = c.subsequence
LEFT JOIN family f ON f.shard = c.shard AND f.ancestor = c.of_shard
WHERE c.entered = 7 AND c.segment IN (SELECT segment FROM reconciled WHERE class = 'compared')
  AND NOT EXISTS (
    SELECT 1 FROM live_copy l WHERE l.shard = c.shard AND l.sequence = c.sequence AND l.subsequence = c.subsequence
  );

CREATE TEMP TABLE beyond_0 AS
SELECT entered, segment, time_ms, cause,
  "body.page" AS f0,
  CAST("body.returning" AS BOOLEAN) AS f1,
  (CAST("body.ms" AS BIGINT) > CAST(1000 AS BIGINT)) AS f2,
  (CAST("body.returning" AS BOOLEAN) = TRUE) AS f3,
  CAST("body.ms" AS BIGINT) AS f4,
  "body.user" AS f5
FROM (SELECT *, body_texts[1] AS "body.ms", body_texts[2] AS "body.page", body_texts[3] AS "body.returning", body_texts[4] AS "body.user" FROM (
  SELECT *, json_extract_string(body, ['$."ms"', '$."page"', '$."returning"', '$."user"']) AS body_texts FROM beyond WHERE type = 'visit' AND revision IN (1)
)) s;

CREATE TEMP VIEW entering_0 AS
SELECT f.*, g.class FROM facts_0 f JOIN reconciled g USING (segment)
WHERE f.entered = 7 AND g.revision IN (1);

SELECT count(*) AS events, approx_count_distinct(hash(pane, "k_page", "k_returning", "k_select")) AS groups
FROM (SELECT (time_ms - (((time_ms % 60000) + 60000) % 60000)) AS pane, f0 AS "k_page", f1 AS "k_returning", f2 AS "k_select" FROM compared_0);

CREATE TEMP TABLE sample_of_compared_0 AS SELECT * FROM entering_0 WHERE class = 'compared' AND hash((time_ms - (((time_ms % 60000) + 60000) % 60000)), f0, f1, f2) % 4 = 0;
CREATE TEMP VIEW compared_0 AS
SELECT s.* FROM sample_of_compared_0 s SEMI JOIN (SELECT segment FROM reconciled WHERE class = 'compared') USING (segment);

SELECT DISTINCT pane, "k_page", "k_returning", "k_select" FROM (SELECT (time_ms - (((time_ms % 60000) + 60000) % 60000)) AS pane, f0 AS "k_page", f1 AS "k_returning", f2 AS "k_select" FROM compared_0);

SELECT pane, "k_page", "k_returning", "k_select", sum("m_visits")::BIGINT AS "m_visits", sum("m_returning")::BIGINT AS "m_returning", sum("m_time")::DECIMAL(38, 0) AS "m_time", min("m_shortest") AS "m_shortest", max("m_longest") AS "m_longest", coalesce(any_value("m_users"), []) AS "m_users", coalesce(any_value("m_stay"), []) AS "m_stay" FROM (
SELECT (time_ms - (((time_ms % 60000) + 60000) % 60000)) AS pane, f0 AS "k_page", f1 AS "k_returning", f2 AS "k_select", count(*) AS "m_visits", count(*) FILTER (WHERE f3) AS "m_returning", coalesce(sum(f4), 0)::HUGEINT AS "m_time", min(f4) AS "m_shortest", max(f4) FILTER (WHERE f3) AS "m_longest" FROM compared_0 GROUP BY ALL
UNION ALL BY NAME
SELECT pane, "k_page", "k_returning", "k_select", list_transform(list_sort(list((part::UBIGINT << 6) | value)), lambda packed: (((packed & 63) << 26) | (packed >> 6))::UINTEGER) AS "m_users" FROM (
  SELECT pane, "k_page", "k_returning", "k_select", part, max(value) AS value FROM (
    SELECT (time_ms - (((time_ms % 60000) + 60000) % 60000)) AS pane, f0 AS "k_page", f1 AS "k_returning", f2 AS "k_select", (c.coupon & 255)::INTEGER AS part, (c.coupon >> 26)::INTEGER AS value FROM compared_0 JOIN coupon_of_f5 c ON c.value = f5 WHERE f5 IS NOT NULL
  ) GROUP BY pane, "k_page", "k_returning", "k_select", part
) GROUP BY pane, "k_page", "k_returning", "k_select"
UNION ALL BY NAME
SELECT pane, "k_page", "k_returning", "k_select", list_sort(list(struct_pack(bin := part, n := value))) AS "m_stay" FROM (
  SELECT pane, "k_page", "k_returning", "k_select", part, sum(value)::BIGINT AS value FROM (
    SELECT (time_ms - (((time_ms % 60000) + 60000) % 60000)) AS pane, f0 AS "k_page", f1 AS "k_returning", f2 AS "k_select", CASE WHEN abs(CAST(f4 AS BIGINT)) < 128 THEN CAST(f4 AS BIGINT) ELSE sign(CAST(f4 AS BIGINT)) * ((length(bin(abs(CAST(f4 AS BIGINT)))) - 7) * 64 + (abs(CAST(f4 AS BIGINT)) >> (length(bin(abs(CAST(f4 AS BIGINT)))) - 7))) END::INTEGER AS part, 1 AS value FROM compared_0 WHERE f4 IS NOT NULL
  ) GROUP BY pane, "k_page", "k_returning", "k_select", part
) GROUP BY pane, "k_page", "k_returning", "k_select"
)
GROUP BY pane, "k_page", "k_returning", "k_select";

SELECT (time_ms - (((time_ms % 60000) + 60000) % 60000)) AS pane, class AS part, count(*) AS events, (count(*))::VARCHAR AS "m_visits", (count(*) FILTER (WHERE f3))::VARCHAR AS "m_returning", (coalesce(sum(f4), 0)::HUGEINT)::VARCHAR AS "m_time" FROM compared_0 GROUP BY ALL;

SELECT DISTINCT pane, "k_page", "k_returning", "k_select", cause FROM (SELECT (time_ms - (((time_ms % 60000) + 60000) % 60000)) AS pane, f0 AS "k_page", f1 AS "k_returning", f2 AS "k_select", cause FROM compared_0);

CREATE TEMP TABLE drift (
  definition VARCHAR, pane BIGINT, measure VARCHAR, live VARCHAR, settled VARCHAR, compared BIGINT, differing BIGINT,
  late BIGINT, unknown BIGINT, share DOUBLE, far_duplicate VARCHAR, cross_shard_duplicate VARCHAR, conflict VARCHAR, overflow VARCHAR, written_off VARCHAR, defect VARCHAR
);

SELECT 7 AS generation, definition, pane, measure, compared, differing, late, unknown, share,
  live::DECIMAL(38, 0) AS live, settled::DECIMAL(38, 0) AS settled, far_duplicate::DECIMAL(38, 0) AS far_duplicate, cross_shard_duplicate::DECIMAL(38, 0) AS cross_shard_duplicate, conflict::DECIMAL(38, 0) AS conflict, overflow::DECIMAL(38, 0) AS overflow, written_off::DECIMAL(38, 0) AS written_off, defect::DECIMAL(38, 0) AS defect FROM drift;

CREATE TEMP TABLE hour_counts AS
WITH own AS (SELECT s.* FROM segment s SEMI JOIN in_cut USING (segment) WHERE s.role = 'delta'),
refused AS (
  SELECT (floor(o.tick * 1000 / 3600000) * 3600000)::BIGINT AS hour, coalesce(sum(r.events) FILTER (r.reason = 'malformed'), 0) AS speed_malformed, coalesce(sum(r.events) FILTER (r.reason = 'too_large'), 0) AS speed_too_large, coalesce(sum(r.events) FILTER (r.reason = 'unknown_type'), 0) AS speed_unknown_type, coalesce(sum(r.events) FILTER (r.reason = 'unknown_version'), 0) AS speed_unknown_version, coalesce(sum(r.events) FILTER (r.reason = 'missing_field'), 0) AS speed_missing_field, coalesce(sum(r.events) FILTER (r.reason = 'wrong_type'), 0) AS speed_wrong_type, coalesce(sum(r.events) FILTER (r.reason = 'out_of_range'), 0) AS speed_out_of_range, coalesce(sum(r.events) FILTER (r.reason = 'time_out_of_bounds'), 0) AS speed_time_out_of_bounds,
    -coalesce(sum(r.events), 0) AS speed_accepted
  FROM own o JOIN segment_rejected r USING (segment) GROUP BY 1
),
speed AS (
  SELECT (floor(tick * 1000 / 3600000) * 3600000)::BIGINT AS hour, sum(records) AS speed_records, sum(events) AS speed_events, sum(duplicates) AS speed_duplicates,
    sum(events - duplicates) AS speed_accepted
  FROM own GROUP BY 1
)
SELECT 7 AS generation, hour, coalesce(sum(records), 0)::BIGINT AS records, coalesce(sum(events), 0)::BIGINT AS events, coalesce(sum(accepted), 0)::BIGINT AS accepted, coalesce(sum(duplicates), 0)::BIGINT AS duplicates, coalesce(sum(conflicts), 0)::BIGINT AS conflicts, coalesce(sum(malformed), 0)::BIGINT AS malformed, coalesce(sum(too_large), 0)::BIGINT AS too_large, coalesce(sum(unknown_type), 0)::BIGINT AS unknown_type, coalesce(sum(unknown_version), 0)::BIGINT AS unknown_version, coalesce(sum(missing_field), 0)::BIGINT AS missing_field, coalesce(sum(wrong_type), 0)::BIGINT AS wrong_type, coalesce(sum(out_of_range), 0)::BIGINT AS out_of_range, coalesce(sum(time_out_of_bounds), 0)::BIGINT AS time_out_of_bounds, coalesce(sum(speed_records), 0)::BIGINT AS speed_records, coalesce(sum(speed_events), 0)::BIGINT AS speed_events, coalesce(sum(speed_accepted), 0)::BIGINT AS speed_accepted, coalesce(sum(speed_duplicates), 0)::BIGINT AS speed_duplicates, coalesce(sum(speed_malformed), 0)::BIGINT AS speed_malformed, coalesce(sum(speed_too_large), 0)::BIGINT AS speed_too_large, coalesce(sum(speed_unknown_type), 0)::BIGINT AS speed_unknown_type, coalesce(sum(speed_unknown_version), 0)::BIGINT AS speed_unknown_version, coalesce(sum(speed_missing_field), 0)::BIGINT AS speed_missing_field, coalesce(sum(speed_wrong_type), 0)::BIGINT AS speed_wrong_type, coalesce(sum(speed_out_of_range), 0)::BIGINT AS speed_out_of_range, coalesce(sum(speed_time_out_of_bounds), 0)::BIGINT AS speed_time_out_of_bounds
FROM (
  SELECT * FROM (SELECT hour, coalesce(sum(records), 0)::BIGINT AS records, coalesce(sum(events), 0)::BIGINT AS events, coalesce(sum(accepted), 0)::BIGINT AS accepted, coalesce(sum(duplicates), 0)::BIGINT AS duplicates, coalesce(sum(conflicts), 0)::BIGINT AS conflicts, coalesce(sum(malformed), 0)::BIGINT AS malformed, coalesce(sum(too_large), 0)::BIGINT AS too_large, coalesce(sum(unknown_type), 0)::BIGINT AS unknown_type, coalesce(sum(unknown_version), 0)::BIGINT AS unknown_version, coalesce(sum(missing_field), 0)::BIGINT AS missing_field, coalesce(sum(wrong_type), 0)::BIGINT AS wrong_type, coalesce(sum(out_of_range), 0)::BIGINT AS out_of_range, coalesce(sum(time_out_of_bounds), 0)::BIGINT AS time_out_of_bounds FROM (
SELECT (floor(tick * 1000 / 3600000) * 3600000)::BIGINT AS hour, count(*) FILTER (WHERE subsequence = 0) AS records,
  count(*) FILTER (WHERE kind = 'event') AS events, count(identity) AS accepted, count(*) FILTER (WHERE reason = 'malformed') AS malformed, count(*) FILTER (WHERE reason = 'too_large') AS too_large, count(*) FILTER (WHERE reason = 'unknown_type') AS unknown_type, count(*) FILTER (WHERE reason = 'unknown_version') AS unknown_version, count(*) FILTER (WHERE reason = 'missing_field') AS missing_field, count(*) FILTER (WHERE reason = 'wrong_type') AS wrong_type, count(*) FILTER (WHERE reason = 'out_of_range') AS out_of_range, count(*) FILTER (WHERE reason = 'time_out_of_bounds') AS time_out_of_bounds
FROM counted_row WHERE entered = 7 GROUP BY 1
UNION ALL BY NAME
SELECT (floor(s.tick * 1000 / 3600000) * 3600000)::BIGINT AS hour, count(*) AS duplicates, -count(*) AS accepted, count(*) FILTER (WHERE c.conflict) AS conflicts
FROM copy c JOIN segment s USING (segment) WHERE c.entered = 7 GROUP BY 1
) GROUP BY hour) UNION ALL BY NAME SELECT * FROM speed UNION ALL BY NAME SELECT * FROM refused
)
GROUP BY hour HAVING coalesce(sum(records), 0) + coalesce(sum(events), 0) + coalesce(sum(accepted), 0) + coalesce(sum(duplicates), 0) + coalesce(sum(conflicts), 0) + coalesce(sum(malformed), 0) + coalesce(sum(too_large), 0) + coalesce(sum(unknown_type), 0) + coalesce(sum(unknown_version), 0) + coalesce(sum(missing_field), 0) + coalesce(sum(wrong_type), 0) + coalesce(sum(out_of_range), 0) + coalesce(sum(time_out_of_bounds), 0) + coalesce(sum(speed_records), 0) + coalesce(sum(speed_events), 0) + coalesce(sum(speed_accepted), 0) + coalesce(sum(speed_duplicates), 0) + coalesce(sum(speed_malformed), 0) + coalesce(sum(speed_too_large), 0) + coalesce(sum(speed_unknown_type), 0) + coalesce(sum(speed_unknown_version), 0) + coalesce(sum(speed_missing_field), 0) + coalesce(sum(speed_wrong_type), 0) + coalesce(sum(speed_out_of_range), 0) + coalesce(sum(speed_time_out_of_bounds), 0) > 0;
