-- table placed
WITH marked AS (
  SELECT shard, sequence, 0 AS marker, CAST(NULL AS INT) AS start
  FROM (SELECT DISTINCT shard, sequence FROM raw WHERE log = 'log\'s')
  UNION ALL
  SELECT shard, after_sequence, 1, segment FROM segment
)
SELECT shard, sequence, segment FROM (
  SELECT *, last_value(start, TRUE) OVER (
    PARTITION BY shard ORDER BY sequence, marker ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS segment FROM marked
)
WHERE marker = 0 AND segment IS NOT NULL;

-- table landed_twice
SELECT xxhash64(p.shard, p.sequence, p.subsequence) AS position
FROM raw p
  JOIN placed l ON l.shard = p.shard AND l.sequence = p.sequence
  JOIN segment s ON s.segment = l.segment
WHERE p.log = 'log\'s' AND p.sequence <= s.last_sequence AND (p.revision = s.revision OR s.gap)
GROUP BY position HAVING count(*) > 1;

-- table landed_row
WITH judged AS (
  SELECT p.shard, p.sequence, p.subsequence, p.kind, p.type, p.id, p.time_ms, p.body, p.revision, s.segment, s.tick, s.entered AS segment_entered, s.written_off,
    CASE
      WHEN p.kind <> 'event' OR p.reason IS NOT NULL THEN p.reason
      WHEN p.time_ms < CASE WHEN s.gap THEN (p.arrival_ms - (((p.arrival_ms % 1000) + 1000) % 1000)) ELSE s.tick * 1000 END - coalesce(p.late_ms, b.late_ms) THEN 'time_out_of_bounds'
      WHEN p.time_ms > CASE WHEN s.gap THEN (p.arrival_ms - (((p.arrival_ms % 1000) + 1000) % 1000)) ELSE s.tick * 1000 END + coalesce(p.ahead_ms, b.ahead_ms) THEN 'time_out_of_bounds'
    END AS reason
  FROM raw p
  JOIN placed l ON l.shard = p.shard AND l.sequence = p.sequence
  JOIN segment s ON s.segment = l.segment
  JOIN bounds b ON b.revision = p.revision
  WHERE p.log = 'log\'s' AND p.sequence <= s.last_sequence AND (p.revision = s.revision OR s.gap)
),
single AS (
  SELECT o.*, 1 AS copy FROM judged o ANTI JOIN landed_twice t ON t.position = xxhash64(o.shard, o.sequence, o.subsequence)
  UNION ALL
  SELECT * FROM (
    SELECT o.*, row_number() OVER (PARTITION BY shard, sequence, subsequence ORDER BY revision) AS copy
    FROM judged o SEMI JOIN landed_twice t ON t.position = xxhash64(o.shard, o.sequence, o.subsequence)
  )
  WHERE copy = 1
)
SELECT j.shard, j.sequence, j.subsequence, j.kind, j.type, j.id, j.time_ms, j.body, j.revision, j.segment, j.tick, j.reason,
  CASE WHEN j.written_off THEN coalesce(c.entered, 7) ELSE j.segment_entered END AS entered,
  CASE WHEN j.kind = 'event' AND j.reason IS NULL THEN md5(concat(type, chr(0), id, chr(0), CAST(time_ms AS STRING))) END AS identity
FROM single j
LEFT JOIN counted c ON j.written_off AND c.shard = j.shard AND c.sequence = j.sequence AND c.subsequence = j.subsequence;

-- table repeated
SELECT identity FROM landed_row WHERE identity IS NOT NULL GROUP BY identity HAVING count(*) > 1;

-- table live_copy
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

-- table live_duplicate
SELECT segment, count(*) AS duplicates FROM live_copy GROUP BY segment;

-- table batch_count
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

-- files spark/7/1/files/batch_count
SELECT * FROM batch_count;

-- files spark/7/1/files/live_duplicate
SELECT * FROM live_duplicate;

-- table in_cut
SELECT s.segment FROM segment s JOIN cut_point c ON c.shard = s.shard AND (s.tick, s.ordinal) <= (c.tick, c.ordinal);

CREATE TEMP VIEW counted_row AS
SELECT r.* FROM landed_row r SEMI JOIN in_cut USING (segment)
WHERE r.entered = 7;

-- table known
SELECT i.identity, i.of_shard, i.body_hash
FROM (SELECT replace(identity, '-', '') AS identity, shard AS of_shard, body_hash, hour FROM stored_identities) i
SEMI JOIN (SELECT identity FROM counted_row WHERE identity IS NOT NULL) USING (identity)
WHERE i.hour BETWEEN
  (SELECT floor(min(time_ms) / 3600000) FROM counted_row WHERE identity IS NOT NULL)
  AND (SELECT floor(max(time_ms) / 3600000) FROM counted_row WHERE identity IS NOT NULL);

-- table copy
SELECT segment, shard, sequence, subsequence, entered, of_shard, body_hash <> stands AS conflict
FROM (
  SELECT r.segment, r.shard, r.sequence, r.subsequence, r.entered, CAST(conv(concat(substring(md5(body), 31, 2), substring(md5(body), 29, 2), substring(md5(body), 27, 2), substring(md5(body), 25, 2), substring(md5(body), 23, 2), substring(md5(body), 21, 2), substring(md5(body), 19, 2), substring(md5(body), 17, 2)), 16, 10) AS DECIMAL(20, 0)) AS body_hash,
    k.identity IS NOT NULL AS known, row_number() OVER by_position AS place,
    coalesce(k.of_shard, first(r.shard) OVER by_position) AS of_shard,
    coalesce(k.body_hash, first(CAST(conv(concat(substring(md5(body), 31, 2), substring(md5(body), 29, 2), substring(md5(body), 27, 2), substring(md5(body), 25, 2), substring(md5(body), 23, 2), substring(md5(body), 21, 2), substring(md5(body), 19, 2), substring(md5(body), 17, 2)), 16, 10) AS DECIMAL(20, 0))) OVER by_position) AS stands
  FROM counted_row r LEFT JOIN known k USING (identity)
  WHERE r.identity IS NOT NULL
    AND (k.identity IS NOT NULL OR r.identity IN (SELECT identity FROM repeated))
  WINDOW by_position AS (PARTITION BY r.identity ORDER BY entered, tick, shard, sequence, subsequence ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
WHERE known OR place > 1;

CREATE TEMP VIEW standing AS
SELECT r.* FROM counted_row r ANTI JOIN copy USING (shard, sequence, subsequence)
WHERE r.identity IS NOT NULL;

-- rows totals
SELECT count(*) FILTER (WHERE subsequence = 0) AS records, count(*) FILTER (WHERE kind = 'event') AS events,
  count(identity) AS counted, min(time_ms) FILTER (WHERE identity IS NOT NULL) AS oldest,
  max(time_ms) FILTER (WHERE identity IS NOT NULL) AS newest,
  (SELECT count(*) FROM copy WHERE entered = 7) AS duplicates,
  (SELECT count(*) FROM copy WHERE entered = 7 AND conflict) AS conflicts,
  count(*) FILTER (WHERE reason = 'malformed') AS malformed,
  count(*) FILTER (WHERE reason = 'too_large') AS too_large,
  count(*) FILTER (WHERE reason = 'unknown_type') AS unknown_type,
  count(*) FILTER (WHERE reason = 'unknown_version') AS unknown_version,
  count(*) FILTER (WHERE reason = 'missing_field') AS missing_field,
  count(*) FILTER (WHERE reason = 'wrong_type') AS wrong_type,
  count(*) FILTER (WHERE reason = 'out_of_range') AS out_of_range,
  count(*) FILTER (WHERE reason = 'time_out_of_bounds') AS time_out_of_bounds
FROM counted_row WHERE entered = 7;

-- rows reach
SELECT file_path, shard, max(sequence) AS last FROM raw GROUP BY file_path, shard;

-- files spark/7/1/files/positions
SELECT shard, sequence, subsequence, entered FROM counted_row
WHERE entered = 7 AND segment IN (SELECT segment FROM segment WHERE written_off);

-- files spark/7/1/files/identities
SELECT floor(time_ms / 3600000)::BIGINT AS hour, identity, shard, sequence, subsequence, CAST(conv(concat(substring(md5(body), 31, 2), substring(md5(body), 29, 2), substring(md5(body), 27, 2), substring(md5(body), 25, 2), substring(md5(body), 23, 2), substring(md5(body), 21, 2), substring(md5(body), 19, 2), substring(md5(body), 17, 2)), 16, 10) AS DECIMAL(20, 0)) AS body_hash
FROM standing WHERE entered = 7 SORT BY hour;

-- table reconciled
SELECT s.segment, s.shard, s.tick, s.ordinal, s.revision, s.role = 'delta' AS own,
  CASE WHEN s.written_off OR s.gap OR s.duplicates <> coalesce(d.duplicates, 0) THEN 'written_off' ELSE 'compared' END AS class
FROM segment s
SEMI JOIN in_cut USING (segment)
LEFT JOIN live_duplicate d USING (segment)
WHERE s.role = 'delta' OR s.written_off;

-- table beyond
SELECT r.*,
  CASE WHEN c.conflict THEN 'conflict' WHEN f.shard IS NOT NULL THEN 'far_duplicate' ELSE 'cross_shard_duplicate' END AS cause
FROM copy c
JOIN landed_row r ON r.shard = c.shard AND r.sequence = c.sequence AND r.subsequence = c.subsequence
LEFT JOIN family f ON f.shard = c.shard AND f.ancestor = c.of_shard
WHERE c.entered = 7 AND c.segment IN (SELECT segment FROM reconciled WHERE class = 'compared')
  AND NOT EXISTS (
    SELECT 1 FROM live_copy l WHERE l.shard = c.shard AND l.sequence = c.sequence AND l.subsequence = c.subsequence
  );

-- files spark/7/1/files/event_hours
SELECT hour, coalesce(sum(records), 0)::BIGINT AS records, coalesce(sum(events), 0)::BIGINT AS events, coalesce(sum(accepted), 0)::BIGINT AS accepted, coalesce(sum(duplicates), 0)::BIGINT AS duplicates, coalesce(sum(conflicts), 0)::BIGINT AS conflicts, coalesce(sum(malformed), 0)::BIGINT AS malformed, coalesce(sum(too_large), 0)::BIGINT AS too_large, coalesce(sum(unknown_type), 0)::BIGINT AS unknown_type, coalesce(sum(unknown_version), 0)::BIGINT AS unknown_version, coalesce(sum(missing_field), 0)::BIGINT AS missing_field, coalesce(sum(wrong_type), 0)::BIGINT AS wrong_type, coalesce(sum(out_of_range), 0)::BIGINT AS out_of_range, coalesce(sum(time_out_of_bounds), 0)::BIGINT AS time_out_of_bounds FROM (
SELECT hour, records, events, accepted, NULL AS duplicates, NULL AS conflicts, malformed, too_large, unknown_type, unknown_version, missing_field, wrong_type, out_of_range, time_out_of_bounds FROM (
SELECT (floor(tick * 1000 / 3600000) * 3600000)::BIGINT AS hour, count(*) FILTER (WHERE subsequence = 0) AS records,
  count(*) FILTER (WHERE kind = 'event') AS events, count(identity) AS accepted, count(*) FILTER (WHERE reason = 'malformed') AS malformed, count(*) FILTER (WHERE reason = 'too_large') AS too_large, count(*) FILTER (WHERE reason = 'unknown_type') AS unknown_type, count(*) FILTER (WHERE reason = 'unknown_version') AS unknown_version, count(*) FILTER (WHERE reason = 'missing_field') AS missing_field, count(*) FILTER (WHERE reason = 'wrong_type') AS wrong_type, count(*) FILTER (WHERE reason = 'out_of_range') AS out_of_range, count(*) FILTER (WHERE reason = 'time_out_of_bounds') AS time_out_of_bounds
FROM counted_row WHERE entered = 7 GROUP BY 1
)
UNION ALL
SELECT hour, NULL AS records, NULL AS events, accepted, duplicates, conflicts, NULL AS malformed, NULL AS too_large, NULL AS unknown_type, NULL AS unknown_version, NULL AS missing_field, NULL AS wrong_type, NULL AS out_of_range, NULL AS time_out_of_bounds FROM (
SELECT (floor(s.tick * 1000 / 3600000) * 3600000)::BIGINT AS hour, count(*) AS duplicates, -count(*) AS accepted, count(*) FILTER (WHERE c.conflict) AS conflicts
FROM copy c JOIN segment s USING (segment) WHERE c.entered = 7 GROUP BY 1
)
) GROUP BY hour;

-- table facts_0
SELECT entered, segment, time_ms,
  ('of ' || body_fields."page") AS f0,
  body_fields."page" AS f1,
  CAST(body_fields."returning" AS BOOLEAN) AS f2,
  (CAST(body_fields."ms" AS BIGINT) > CAST(1000 AS BIGINT)) AS f3,
  (CAST(body_fields."returning" AS BOOLEAN) = TRUE) AS f4,
  CAST(body_fields."ms" AS BIGINT) AS f5,
  body_fields."user" AS f6,
  (CAST(body_fields."ms" AS BIGINT) > CAST(0 AS BIGINT)) AS f7
FROM (SELECT *, from_json(CASE WHEN type = 'visit' AND revision IN (1) AND identity IS NOT NULL THEN body END, 'STRUCT<`ms`: STRING, `page`: STRING, `returning`: STRING, `user`: STRING>', map('mode', 'FAILFAST')) AS body_fields FROM standing WHERE type = 'visit' AND revision IN (1)) s
UNION ALL
SELECT entered, segment, time_ms,
  body_fields."region" AS f0,
  body_fields."page" AS f1,
  CAST(body_fields."returning" AS BOOLEAN) AS f2,
  (CAST(body_fields."ms" AS BIGINT) > CAST(1000 AS BIGINT)) AS f3,
  (CAST(body_fields."returning" AS BOOLEAN) = TRUE) AS f4,
  CAST(body_fields."ms" AS BIGINT) AS f5,
  body_fields."user" AS f6,
  (CAST(body_fields."ms" AS BIGINT) > CAST(0 AS BIGINT)) AS f7
FROM (SELECT *, from_json(CASE WHEN type = 'visit' AND revision IN (2) AND identity IS NOT NULL THEN body END, 'STRUCT<`ms`: STRING, `page`: STRING, `region`: STRING, `returning`: STRING, `user`: STRING>', map('mode', 'FAILFAST')) AS body_fields FROM standing WHERE type = 'visit' AND revision IN (2)) s;

-- table beyond_0
SELECT entered, segment, time_ms, cause,
  ('of ' || body_fields."page") AS f0,
  body_fields."page" AS f1,
  CAST(body_fields."returning" AS BOOLEAN) AS f2,
  (CAST(body_fields."ms" AS BIGINT) > CAST(1000 AS BIGINT)) AS f3,
  (CAST(body_fields."returning" AS BOOLEAN) = TRUE) AS f4,
  CAST(body_fields."ms" AS BIGINT) AS f5,
  body_fields."user" AS f6,
  (CAST(body_fields."ms" AS BIGINT) > CAST(0 AS BIGINT)) AS f7
FROM (SELECT *, from_json(CASE WHEN type = 'visit' AND revision IN (1) AND identity IS NOT NULL THEN body END, 'STRUCT<`ms`: STRING, `page`: STRING, `returning`: STRING, `user`: STRING>', map('mode', 'FAILFAST')) AS body_fields FROM beyond WHERE type = 'visit' AND revision IN (1)) s
UNION ALL
SELECT entered, segment, time_ms, cause,
  body_fields."region" AS f0,
  body_fields."page" AS f1,
  CAST(body_fields."returning" AS BOOLEAN) AS f2,
  (CAST(body_fields."ms" AS BIGINT) > CAST(1000 AS BIGINT)) AS f3,
  (CAST(body_fields."returning" AS BOOLEAN) = TRUE) AS f4,
  CAST(body_fields."ms" AS BIGINT) AS f5,
  body_fields."user" AS f6,
  (CAST(body_fields."ms" AS BIGINT) > CAST(0 AS BIGINT)) AS f7
FROM (SELECT *, from_json(CASE WHEN type = 'visit' AND revision IN (2) AND identity IS NOT NULL THEN body END, 'STRUCT<`ms`: STRING, `page`: STRING, `region`: STRING, `returning`: STRING, `user`: STRING>', map('mode', 'FAILFAST')) AS body_fields FROM beyond WHERE type = 'visit' AND revision IN (2)) s;

-- table trend_end
SELECT CAST(least(coalesce(greatest(max(time_ms), 5000), 0), 7200000) AS BIGINT) AS ms FROM counted_row WHERE identity IS NOT NULL AND entered = 7;

-- table coupon_0
SELECT value, CAST(conv(concat(substring(sketch, 7, 2), substring(sketch, 5, 2), substring(sketch, 3, 2), substring(sketch, 1, 2)), 16, 10) AS BIGINT) AS coupon
FROM (SELECT value, hex(substring(hll_sketch_agg(value, 4), 9, 4)) AS sketch FROM (SELECT DISTINCT f6 AS value FROM facts_0 WHERE f6 IS NOT NULL
UNION
SELECT DISTINCT f6 AS value FROM beyond_0 WHERE f6 IS NOT NULL) WHERE value <> '' GROUP BY value);

-- files data/30fac6fcaa2da616e19ac8ba33e60150/spark-7-1, by day
SELECT *, CAST(date_from_unix_date(CAST(floor(pane / 86400000) AS INT)) AS STRING) AS day FROM (
SELECT pane, "k_region", sum("m_visits")::BIGINT AS "m_visits" FROM (
SELECT pane, "k_region", "m_visits" FROM (
SELECT (time_ms - (((time_ms % 3600000) + 3600000) % 3600000)) AS pane, f0 AS "k_region", count(*) AS "m_visits" FROM facts_0 GROUP BY ALL
)
)
GROUP BY pane, "k_region"
)
DISTRIBUTE BY day SORT BY day, pane NULLS FIRST, "k_region" NULLS FIRST;

-- table touched_1
SELECT DISTINCT floor(pane / 86400000)::INTEGER AS day FROM (SELECT (time_ms - (((time_ms % 60000) + 60000) % 60000)) AS pane, f1 AS "k_page", f2 AS "k_returning", f3 AS "k_select" FROM facts_0 WHERE entered = 7) ORDER BY day;

-- files data/3924874f4d67137bea6157cf3dbf4c2c/spark-7-1, by day
SELECT *, CAST(date_from_unix_date(CAST(floor(pane / 86400000) AS INT)) AS STRING) AS day FROM (
SELECT pane, "k_page", "k_returning", "k_select", sum("m_visits")::BIGINT AS "m_visits", sum("m_returning")::BIGINT AS "m_returning", sum("m_time")::DECIMAL(38, 0) AS "m_time", min("m_shortest") AS "m_shortest", max("m_longest") AS "m_longest", coalesce(any_value("m_users", TRUE), "array"()) AS "m_users", coalesce(any_value("m_stay", TRUE), "array"()) AS "m_stay" FROM (
SELECT pane, "k_page", "k_returning", "k_select", "m_visits", "m_returning", "m_time", "m_shortest", "m_longest", NULL AS "m_users", NULL AS "m_stay" FROM (
SELECT (time_ms - (((time_ms % 60000) + 60000) % 60000)) AS pane, f1 AS "k_page", f2 AS "k_returning", f3 AS "k_select", count(*) AS "m_visits", count(*) FILTER (WHERE f4) AS "m_returning", coalesce(sum(CAST(f5 AS DECIMAL(28, 0))), 0)::DECIMAL(38, 0) AS "m_time", min(f5) AS "m_shortest", max(f5) FILTER (WHERE f4) AS "m_longest" FROM facts_0 WHERE entered = 7 GROUP BY ALL
UNION ALL
SELECT pane, "k_page", "k_returning", "k_select", "m_visits" AS "m_visits", "m_returning" AS "m_returning", "m_time"::DECIMAL(38, 0) AS "m_time", "m_shortest" AS "m_shortest", "m_longest" AS "m_longest" FROM (SELECT * FROM stored_1 WHERE CAST(floor(pane / 86400000) AS INT) IN (SELECT day FROM touched_1))
)
UNION ALL
SELECT pane, "k_page", "k_returning", "k_select", NULL AS "m_visits", NULL AS "m_returning", NULL AS "m_time", NULL AS "m_shortest", NULL AS "m_longest", "m_users", NULL AS "m_stay" FROM (
SELECT pane, "k_page", "k_returning", "k_select", transform(array_sort(collect_list((part::BIGINT << 6) | value)), packed -> ((packed & 63) << 26) | (packed >> 6)) AS "m_users" FROM (
  SELECT pane, "k_page", "k_returning", "k_select", part, max(value) AS value FROM (
    SELECT (time_ms - (((time_ms % 60000) + 60000) % 60000)) AS pane, f1 AS "k_page", f2 AS "k_returning", f3 AS "k_select", (c.coupon & 255)::INTEGER AS part, (c.coupon >> 26)::INTEGER AS value FROM facts_0 JOIN coupon_0 c ON c.value = f6 WHERE entered = 7 AND f6 IS NOT NULL
    UNION ALL
    SELECT pane, "k_page", "k_returning", "k_select", (item & 255)::INTEGER AS part, (item >> 26)::INTEGER AS value
    FROM (SELECT pane, "k_page", "k_returning", "k_select", explode("m_users") AS item FROM (SELECT * FROM stored_1 WHERE CAST(floor(pane / 86400000) AS INT) IN (SELECT day FROM touched_1)))
  ) GROUP BY pane, "k_page", "k_returning", "k_select", part
) GROUP BY pane, "k_page", "k_returning", "k_select"
)
UNION ALL
SELECT pane, "k_page", "k_returning", "k_select", NULL AS "m_visits", NULL AS "m_returning", NULL AS "m_time", NULL AS "m_shortest", NULL AS "m_longest", NULL AS "m_users", "m_stay" FROM (
SELECT pane, "k_page", "k_returning", "k_select", array_sort(collect_list(named_struct('bin', part, 'n', value))) AS "m_stay" FROM (
  SELECT pane, "k_page", "k_returning", "k_select", part, sum(value)::BIGINT AS value FROM (
    SELECT (time_ms - (((time_ms % 60000) + 60000) % 60000)) AS pane, f1 AS "k_page", f2 AS "k_returning", f3 AS "k_select", CASE WHEN abs(CAST(f5 AS BIGINT)) < 128 THEN CAST(f5 AS BIGINT) ELSE sign(CAST(f5 AS BIGINT)) * ((length(bin(abs(CAST(f5 AS BIGINT)))) - 7) * 64 + (abs(CAST(f5 AS BIGINT)) >> (length(bin(abs(CAST(f5 AS BIGINT)))) - 7))) END::INTEGER AS part, 1 AS value FROM facts_0 WHERE entered = 7 AND f5 IS NOT NULL
    UNION ALL
    SELECT pane, "k_page", "k_returning", "k_select", item.bin AS part, item.n AS value
    FROM (SELECT pane, "k_page", "k_returning", "k_select", explode("m_stay") AS item FROM (SELECT * FROM stored_1 WHERE CAST(floor(pane / 86400000) AS INT) IN (SELECT day FROM touched_1)))
  ) GROUP BY pane, "k_page", "k_returning", "k_select", part
) GROUP BY pane, "k_page", "k_returning", "k_select"
)
)
GROUP BY pane, "k_page", "k_returning", "k_select"
)
DISTRIBUTE BY day SORT BY day, pane NULLS FIRST, "k_page" NULLS FIRST, "k_returning" NULLS FIRST, "k_select" NULLS FIRST;

-- rows panes_2
SELECT assert_true(count(*) = 0, 'events lie outside the local time that was mapped for Spark: run batch by DuckDB') AS mapped FROM facts_0 f ANTI JOIN pane_2 p ON p.quarter_ms = (f.time_ms - (((f.time_ms % 900000) + 900000) % 900000));

-- files data/923da1df4454913c98557c20703db94e/spark-7-1, by day
SELECT *, CAST(date_from_unix_date(CAST(floor(pane / 86400000) AS INT)) AS STRING) AS day FROM (
SELECT pane, sum("m_visits")::BIGINT AS "m_visits" FROM (
SELECT pane, "m_visits" FROM (
SELECT p.pane_ms AS pane, count(*) AS "m_visits" FROM facts_0 JOIN pane_2 p ON p.quarter_ms = (time_ms - (((time_ms % 900000) + 900000) % 900000)) WHERE f7 GROUP BY ALL
)
)
GROUP BY pane
)
DISTRIBUTE BY day SORT BY day, pane NULLS FIRST;

-- table trend_days_1
SELECT DISTINCT floor(time_ms / 86400000)::INTEGER AS day FROM (SELECT time_ms, f1 AS "k_page", f2 AS "k_returning", f3 AS "k_select" FROM facts_0 WHERE entered = 7 AND f6 IS NOT NULL AND f6 <> '');

-- table member_1
SELECT DISTINCT start, "k_page", "k_returning", "k_select", value FROM (
SELECT (time_ms - (((time_ms % 900000) + 900000) % 900000)) AS start, f1 AS "k_page", f2 AS "k_returning", f3 AS "k_select", f6 AS value FROM facts_0 WHERE entered = 7 AND f6 IS NOT NULL AND f6 <> ''
UNION ALL
SELECT start, "k_page", "k_returning", "k_select", value FROM (SELECT * FROM stored_members_1 WHERE CAST(floor(start / 86400000) AS INT) IN (SELECT day FROM trend_days_1))
)
ORDER BY start;

-- files spark/7/1/files/members_1, by day
SELECT *, CAST(date_from_unix_date(CAST(floor(start / 86400000) AS INT)) AS STRING) AS day FROM (
SELECT * FROM member_1
)
DISTRIBUTE BY day SORT BY day, start;

-- table window_1
SELECT width_ms, start, "k_page", "k_returning", "k_select", sum(x)::BIGINT AS x FROM (
SELECT 900000::BIGINT AS width_ms, start AS start, "k_page", "k_returning", "k_select", count(*) AS x FROM member_1 GROUP BY ALL
UNION ALL
SELECT 3600000::BIGINT AS width_ms, (start - (((start % 3600000) + 3600000) % 3600000)) AS start, "k_page", "k_returning", "k_select", count(DISTINCT value) AS x FROM member_1 GROUP BY ALL
)
GROUP BY width_ms, start, "k_page", "k_returning", "k_select"
ORDER BY start, width_ms;

-- files spark/7/1/files/windows_1, by day
SELECT *, CAST(date_from_unix_date(CAST(floor(start / 86400000) AS INT)) AS STRING) AS day FROM (
SELECT * FROM window_1
)
DISTRIBUTE BY day SORT BY day, start, width_ms;

-- rows trend_1
SELECT (SELECT ms FROM trend_end) AS to_ms, min(start) FILTER (WHERE width_ms = 3600000) AS first_ms FROM window_1;

-- table baseline_1
SELECT "k_page", "k_returning", "k_select", width_ms, slot, sum(s)::DECIMAL(38, 0) AS s, sum(q)::DECIMAL(38, 0) AS q FROM (
SELECT w."k_page", w."k_returning", w."k_select", w.width_ms, (((floor(w.start / 3600000)::BIGINT + 72) % 168 + 168) % 168)::INTEGER AS slot, w.sign * w.x::DECIMAL(38, 0) AS s, w.sign * w.x::DECIMAL(38, 0) * w.x AS q
FROM (
SELECT width_ms, start, "k_page", "k_returning", "k_select", x, -1 AS sign FROM (SELECT * FROM stored_windows_1 WHERE CAST(floor(start / 86400000) AS INT) IN (SELECT day FROM trend_days_1) OR start + width_ms > least(3600000, (SELECT ms FROM trend_end))) WHERE start + width_ms <= 3600000
UNION ALL
SELECT width_ms, start, "k_page", "k_returning", "k_select", x, 1 AS sign FROM (SELECT * FROM stored_windows_1 WHERE NOT CAST(floor(start / 86400000) AS INT) IN (SELECT day FROM trend_days_1) AND start + width_ms > least(3600000, (SELECT ms FROM trend_end))) WHERE start + width_ms <= (SELECT ms FROM trend_end)
UNION ALL
SELECT width_ms, start, "k_page", "k_returning", "k_select", x, 1 AS sign FROM window_1 WHERE start + width_ms <= (SELECT ms FROM trend_end)
) w
UNION ALL
SELECT "k_page", "k_returning", "k_select", width_ms, slot, s::DECIMAL(38, 0) AS s, q::DECIMAL(38, 0) AS q FROM stored_baseline_1
)
GROUP BY "k_page", "k_returning", "k_select", width_ms, slot
HAVING sum(s) <> 0
ORDER BY "k_page" NULLS FIRST, "k_returning" NULLS FIRST, "k_select" NULLS FIRST, width_ms NULLS FIRST, slot NULLS FIRST;

-- files spark/7/1/files/baseline_1
SELECT /*+ REPARTITION(1) */ * FROM baseline_1 SORT BY "k_page", "k_returning", "k_select", width_ms, slot;

-- table trend_days_2
SELECT DISTINCT floor(time_ms / 86400000)::INTEGER AS day FROM (SELECT time_ms FROM facts_0 WHERE f7);

-- table window_2
SELECT width_ms, start, sum(x)::BIGINT AS x FROM (
SELECT 900000::BIGINT AS width_ms, (time_ms - (((time_ms % 900000) + 900000) % 900000)) AS start, count(*) AS x FROM facts_0 WHERE f7 GROUP BY ALL
UNION ALL
SELECT 3600000::BIGINT AS width_ms, (time_ms - (((time_ms % 3600000) + 3600000) % 3600000)) AS start, count(*) AS x FROM facts_0 WHERE f7 GROUP BY ALL
)
GROUP BY width_ms, start
ORDER BY start, width_ms;

-- files spark/7/1/files/windows_2, by day
SELECT *, CAST(date_from_unix_date(CAST(floor(start / 86400000) AS INT)) AS STRING) AS day FROM (
SELECT * FROM window_2
)
DISTRIBUTE BY day SORT BY day, start, width_ms;

-- rows trend_2
SELECT (SELECT ms FROM trend_end) AS to_ms, min(start) FILTER (WHERE width_ms = 3600000) AS first_ms FROM window_2;

-- rows slots_2
SELECT assert_true(count(*) = 0, 'events lie outside the local time that was mapped for Spark: run batch by DuckDB') AS mapped FROM window_2 w ANTI JOIN slot_2 z ON z.start = w.start;

-- table baseline_2
SELECT width_ms, slot, sum(s)::DECIMAL(38, 0) AS s, sum(q)::DECIMAL(38, 0) AS q FROM (
SELECT w.width_ms, z.slot AS slot, w.sign * w.x::DECIMAL(38, 0) AS s, w.sign * w.x::DECIMAL(38, 0) * w.x AS q
FROM (
SELECT width_ms, start, x, 1 AS sign FROM window_2 WHERE start + width_ms <= (SELECT ms FROM trend_end)
) w JOIN slot_2 z ON z.start = w.start
)
GROUP BY width_ms, slot
HAVING sum(s) <> 0
ORDER BY width_ms NULLS FIRST, slot NULLS FIRST;

-- files spark/7/1/files/baseline_2
SELECT /*+ REPARTITION(1) */ * FROM baseline_2 SORT BY width_ms, slot;

CREATE TEMP VIEW entering_0 AS
SELECT f.segment, f.time_ms, f.f0, f.f1, f.f2, f.f3, f.f4, f.f5, f.f6, f.f7, g.class, CAST(NULL AS STRING) AS of_cause
FROM facts_0 f JOIN reconciled g ON g.segment = f.segment
WHERE f.entered = 7 AND g.revision IN (2)
UNION ALL
SELECT f.segment, f.time_ms, f.f0, f.f1, f.f2, f.f3, f.f4, f.f5, f.f6, f.f7, g.class, f.cause AS of_cause
FROM beyond_0 f JOIN reconciled g ON g.segment = f.segment
WHERE f.entered = 7 AND g.revision IN (2);

CREATE TEMP VIEW entering_1 AS
SELECT f.segment, f.time_ms, f.f0, f.f1, f.f2, f.f3, f.f4, f.f5, f.f6, f.f7, g.class, CAST(NULL AS STRING) AS of_cause
FROM facts_0 f JOIN reconciled g ON g.segment = f.segment
WHERE f.entered = 7 AND g.revision IN (1)
UNION ALL
SELECT f.segment, f.time_ms, f.f0, f.f1, f.f2, f.f3, f.f4, f.f5, f.f6, f.f7, g.class, f.cause AS of_cause
FROM beyond_0 f JOIN reconciled g ON g.segment = f.segment
WHERE f.entered = 7 AND g.revision IN (1);

CREATE TEMP VIEW entering_2 AS
SELECT f.segment, f.time_ms, f.f0, f.f1, f.f2, f.f3, f.f4, f.f5, f.f6, f.f7, g.class, CAST(NULL AS STRING) AS of_cause
FROM facts_0 f JOIN reconciled g ON g.segment = f.segment
WHERE f.entered = 7 AND g.revision IN (1)
UNION ALL
SELECT f.segment, f.time_ms, f.f0, f.f1, f.f2, f.f3, f.f4, f.f5, f.f6, f.f7, g.class, f.cause AS of_cause
FROM beyond_0 f JOIN reconciled g ON g.segment = f.segment
WHERE f.entered = 7 AND g.revision IN (1);

-- table drift_level
SELECT 0 AS metric, CAST(greatest(greatest(0, coalesce(ceil(log2(groups / 4096)), 0)), least(greatest(0, coalesce(floor(log2(groups / 8)), 0)), greatest(0, coalesce(ceil(log2(events / 32768)), 0)))) AS INT) AS level
FROM (SELECT count(*) AS events, approx_count_distinct(xxhash64(pane, "k_region")) AS groups FROM (SELECT (time_ms - (((time_ms % 3600000) + 3600000) % 3600000)) AS pane, f0 AS "k_region" FROM entering_0 WHERE of_cause IS NULL))
UNION ALL
SELECT 1 AS metric, CAST(greatest(greatest(0, coalesce(ceil(log2(groups / 4096)), 0)), least(greatest(0, coalesce(floor(log2(groups / 8)), 0)), greatest(0, coalesce(ceil(log2(events / 32768)), 0)))) AS INT) AS level
FROM (SELECT count(*) AS events, approx_count_distinct(xxhash64(pane, "k_page", "k_returning", "k_select")) AS groups FROM (SELECT (time_ms - (((time_ms % 60000) + 60000) % 60000)) AS pane, f1 AS "k_page", f2 AS "k_returning", f3 AS "k_select" FROM entering_1 WHERE of_cause IS NULL))
UNION ALL
SELECT 2 AS metric, 0 AS level;

-- rows drift_level
SELECT * FROM drift_level;

-- files spark/7/1/files/drift_amounts_0
SELECT /*+ REPARTITION(1) */ * FROM (
SELECT (time_ms - (((time_ms % 3600000) + 3600000) % 3600000)) AS pane, segment, of_cause, count(*) AS events, (count(*))::STRING AS "m_visits" FROM entering_0 GROUP BY ALL
);

-- table sample_0
SELECT * FROM entering_0 WHERE class = 'compared' AND pmod(xxhash64((time_ms - (((time_ms % 3600000) + 3600000) % 3600000)), f0), shiftleft(1L, (SELECT any_value(level) FROM drift_level WHERE metric = 0))) = 0;

-- files spark/7/1/files/drift_groups_0
SELECT /*+ REPARTITION(1) */ * FROM (
SELECT pane, "k_region", "k_1segment", "k_1cause", sum("m_visits")::BIGINT AS "m_visits" FROM (
SELECT pane, "k_region", "k_1segment", "k_1cause", "m_visits" FROM (
SELECT (time_ms - (((time_ms % 3600000) + 3600000) % 3600000)) AS pane, f0 AS "k_region", segment AS "k_1segment", of_cause AS "k_1cause", count(*) AS "m_visits" FROM sample_0 GROUP BY ALL
)
)
GROUP BY pane, "k_region", "k_1segment", "k_1cause"
);

-- files spark/7/1/files/drift_amounts_1
SELECT /*+ REPARTITION(1) */ * FROM (
SELECT (time_ms - (((time_ms % 60000) + 60000) % 60000)) AS pane, segment, of_cause, count(*) AS events, (count(*))::STRING AS "m_visits", (count(*) FILTER (WHERE f4))::STRING AS "m_returning", (coalesce(sum(CAST(f5 AS DECIMAL(28, 0))), 0)::DECIMAL(38, 0))::STRING AS "m_time" FROM entering_1 GROUP BY ALL
);

-- table sample_1
SELECT * FROM entering_1 WHERE class = 'compared' AND pmod(xxhash64((time_ms - (((time_ms % 60000) + 60000) % 60000)), f1, f2, f3), shiftleft(1L, (SELECT any_value(level) FROM drift_level WHERE metric = 1))) = 0;

-- files spark/7/1/files/drift_groups_1
SELECT /*+ REPARTITION(1) */ * FROM (
SELECT pane, "k_page", "k_returning", "k_select", "k_1segment", "k_1cause", sum("m_visits")::BIGINT AS "m_visits", sum("m_returning")::BIGINT AS "m_returning", sum("m_time")::DECIMAL(38, 0) AS "m_time", min("m_shortest") AS "m_shortest", max("m_longest") AS "m_longest", coalesce(any_value("m_users", TRUE), "array"()) AS "m_users", coalesce(any_value("m_stay", TRUE), "array"()) AS "m_stay" FROM (
SELECT pane, "k_page", "k_returning", "k_select", "k_1segment", "k_1cause", "m_visits", "m_returning", "m_time", "m_shortest", "m_longest", NULL AS "m_users", NULL AS "m_stay" FROM (
SELECT (time_ms - (((time_ms % 60000) + 60000) % 60000)) AS pane, f1 AS "k_page", f2 AS "k_returning", f3 AS "k_select", segment AS "k_1segment", of_cause AS "k_1cause", count(*) AS "m_visits", count(*) FILTER (WHERE f4) AS "m_returning", coalesce(sum(CAST(f5 AS DECIMAL(28, 0))), 0)::DECIMAL(38, 0) AS "m_time", min(f5) AS "m_shortest", max(f5) FILTER (WHERE f4) AS "m_longest" FROM sample_1 GROUP BY ALL
)
UNION ALL
SELECT pane, "k_page", "k_returning", "k_select", "k_1segment", "k_1cause", NULL AS "m_visits", NULL AS "m_returning", NULL AS "m_time", NULL AS "m_shortest", NULL AS "m_longest", "m_users", NULL AS "m_stay" FROM (
SELECT pane, "k_page", "k_returning", "k_select", "k_1segment", "k_1cause", transform(array_sort(collect_list((part::BIGINT << 6) | value)), packed -> ((packed & 63) << 26) | (packed >> 6)) AS "m_users" FROM (
  SELECT pane, "k_page", "k_returning", "k_select", "k_1segment", "k_1cause", part, max(value) AS value FROM (
    SELECT (time_ms - (((time_ms % 60000) + 60000) % 60000)) AS pane, f1 AS "k_page", f2 AS "k_returning", f3 AS "k_select", segment AS "k_1segment", of_cause AS "k_1cause", (c.coupon & 255)::INTEGER AS part, (c.coupon >> 26)::INTEGER AS value FROM sample_1 JOIN coupon_0 c ON c.value = f6 WHERE f6 IS NOT NULL
  ) GROUP BY pane, "k_page", "k_returning", "k_select", "k_1segment", "k_1cause", part
) GROUP BY pane, "k_page", "k_returning", "k_select", "k_1segment", "k_1cause"
)
UNION ALL
SELECT pane, "k_page", "k_returning", "k_select", "k_1segment", "k_1cause", NULL AS "m_visits", NULL AS "m_returning", NULL AS "m_time", NULL AS "m_shortest", NULL AS "m_longest", NULL AS "m_users", "m_stay" FROM (
SELECT pane, "k_page", "k_returning", "k_select", "k_1segment", "k_1cause", array_sort(collect_list(named_struct('bin', part, 'n', value))) AS "m_stay" FROM (
  SELECT pane, "k_page", "k_returning", "k_select", "k_1segment", "k_1cause", part, sum(value)::BIGINT AS value FROM (
    SELECT (time_ms - (((time_ms % 60000) + 60000) % 60000)) AS pane, f1 AS "k_page", f2 AS "k_returning", f3 AS "k_select", segment AS "k_1segment", of_cause AS "k_1cause", CASE WHEN abs(CAST(f5 AS BIGINT)) < 128 THEN CAST(f5 AS BIGINT) ELSE sign(CAST(f5 AS BIGINT)) * ((length(bin(abs(CAST(f5 AS BIGINT)))) - 7) * 64 + (abs(CAST(f5 AS BIGINT)) >> (length(bin(abs(CAST(f5 AS BIGINT)))) - 7))) END::INTEGER AS part, 1 AS value FROM sample_1 WHERE f5 IS NOT NULL
  ) GROUP BY pane, "k_page", "k_returning", "k_select", "k_1segment", "k_1cause", part
) GROUP BY pane, "k_page", "k_returning", "k_select", "k_1segment", "k_1cause"
)
)
GROUP BY pane, "k_page", "k_returning", "k_select", "k_1segment", "k_1cause"
);

-- files spark/7/1/files/drift_amounts_2
SELECT /*+ REPARTITION(1) */ * FROM (
SELECT p.pane_ms AS pane, segment, of_cause, count(*) AS events, (count(*))::STRING AS "m_visits" FROM entering_2 JOIN pane_2 p ON p.quarter_ms = (time_ms - (((time_ms % 900000) + 900000) % 900000)) WHERE f7 GROUP BY ALL
);

-- table sample_2
SELECT * FROM entering_2 WHERE class = 'compared';

-- files spark/7/1/files/drift_groups_2
SELECT /*+ REPARTITION(1) */ * FROM (
SELECT pane, "k_1segment", "k_1cause", sum("m_visits")::BIGINT AS "m_visits" FROM (
SELECT pane, "k_1segment", "k_1cause", "m_visits" FROM (
SELECT p.pane_ms AS pane, segment AS "k_1segment", of_cause AS "k_1cause", count(*) AS "m_visits" FROM sample_2 JOIN pane_2 p ON p.quarter_ms = (time_ms - (((time_ms % 900000) + 900000) % 900000)) WHERE f7 GROUP BY ALL
)
)
GROUP BY pane, "k_1segment", "k_1cause"
);
