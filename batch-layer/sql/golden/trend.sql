CREATE TEMP TABLE member_0 AS
SELECT DISTINCT start, "k_page", "k_returning", "k_select", value FROM (
SELECT (time_ms - (((time_ms % 900000) + 900000) % 900000)) AS start, f0 AS "k_page", f1 AS "k_returning", f2 AS "k_select", f5 AS value FROM facts_0 WHERE entered = 7 AND f5 IS NOT NULL AND f5 <> ''
UNION ALL
SELECT start, "k_page", "k_returning", "k_select", value FROM read_parquet(['/lake/members.parquet'], hive_partitioning = false)
)
ORDER BY start;

CREATE TEMP TABLE window_0 AS
SELECT width_ms, start, "k_page", "k_returning", "k_select", sum(x)::BIGINT AS x FROM (
SELECT 900000::BIGINT AS width_ms, start AS start, "k_page", "k_returning", "k_select", count(*) AS x FROM member_0 GROUP BY ALL
UNION ALL
SELECT 3600000::BIGINT AS width_ms, (start - (((start % 3600000) + 3600000) % 3600000)) AS start, "k_page", "k_returning", "k_select", count(DISTINCT value) AS x FROM member_0 GROUP BY ALL
)
GROUP BY width_ms, start, "k_page", "k_returning", "k_select"
ORDER BY start, width_ms;

CREATE TEMP TABLE window_1 AS
SELECT width_ms, start, sum(x)::BIGINT AS x FROM (
SELECT 900000::BIGINT AS width_ms, (time_ms - (((time_ms % 900000) + 900000) % 900000)) AS start, count(*) AS x FROM facts_0 WHERE entered = 7 AND f6 GROUP BY ALL
UNION ALL
SELECT 3600000::BIGINT AS width_ms, (time_ms - (((time_ms % 3600000) + 3600000) % 3600000)) AS start, count(*) AS x FROM facts_0 WHERE entered = 7 AND f6 GROUP BY ALL
UNION ALL
SELECT width_ms, start, x FROM read_parquet(['/lake/windows.parquet'], hive_partitioning = false)
)
GROUP BY width_ms, start
ORDER BY start, width_ms;

CREATE TEMP TABLE baseline_1 AS
SELECT width_ms, slot, sum(s)::DECIMAL(38, 0) AS s, sum(q)::DECIMAL(38, 0) AS q FROM (
SELECT w.width_ms, z.slot AS slot, w.sign * w.x::HUGEINT AS s, w.sign * w.x::HUGEINT * w.x AS q
FROM (
SELECT width_ms, start, x, -1 AS sign FROM read_parquet(['/lake/windows.parquet', '/lake/earlier.parquet'], hive_partitioning = false) WHERE start + width_ms <= 1000
UNION ALL
SELECT width_ms, start, x, 1 AS sign FROM read_parquet(['/lake/earlier.parquet'], hive_partitioning = false) WHERE start + width_ms <= 2000
UNION ALL
SELECT width_ms, start, x, 1 AS sign FROM window_1 WHERE start + width_ms <= 2000
) w JOIN slot_1 z ON z.start = w.start
UNION ALL
SELECT width_ms, slot, s::HUGEINT AS s, q::HUGEINT AS q FROM read_parquet(['/lake/baseline.parquet'], hive_partitioning = false)
)
GROUP BY width_ms, slot
HAVING sum(s) <> 0
ORDER BY width_ms NULLS FIRST, slot NULLS FIRST;
