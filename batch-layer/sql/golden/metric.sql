CREATE TEMP TABLE facts_0 AS
SELECT entered, segment, time_ms,
  "body.page" AS f0,
  CAST("body.returning" AS BOOLEAN) AS f1,
  (CAST("body.ms" AS BIGINT) > CAST(1000 AS BIGINT)) AS f2,
  (CAST("body.returning" AS BOOLEAN) = TRUE) AS f3,
  CAST("body.ms" AS BIGINT) AS f4,
  "body.user" AS f5,
  (CAST("body.ms" AS BIGINT) > CAST(0 AS BIGINT)) AS f6
FROM (SELECT *, body_texts[1] AS "body.ms", body_texts[2] AS "body.page", body_texts[3] AS "body.returning", body_texts[4] AS "body.user" FROM (
  SELECT *, json_extract_string(body, ['$."ms"', '$."page"', '$."returning"', '$."user"']) AS body_texts FROM standing WHERE type = 'visit' AND revision IN (1, 2)
)) s;

SELECT DISTINCT floor(pane / 86400000)::INTEGER AS day FROM (SELECT (time_ms - (((time_ms % 60000) + 60000) % 60000)) AS pane, f0 AS "k_page", f1 AS "k_returning", f2 AS "k_select" FROM facts_0 WHERE entered = 7) ORDER BY day;

CREATE TEMP TABLE metric_0 AS
SELECT pane, "k_page", "k_returning", "k_select", sum("m_visits")::BIGINT AS "m_visits", sum("m_returning")::BIGINT AS "m_returning", sum("m_time")::DECIMAL(38, 0) AS "m_time", min("m_shortest") AS "m_shortest", max("m_longest") AS "m_longest", coalesce(any_value("m_users"), []) AS "m_users", coalesce(any_value("m_stay"), []) AS "m_stay" FROM (
SELECT (time_ms - (((time_ms % 60000) + 60000) % 60000)) AS pane, f0 AS "k_page", f1 AS "k_returning", f2 AS "k_select", count(*) AS "m_visits", count(*) FILTER (WHERE f3) AS "m_returning", coalesce(sum(f4), 0)::HUGEINT AS "m_time", min(f4) AS "m_shortest", max(f4) FILTER (WHERE f3) AS "m_longest" FROM facts_0 WHERE entered = 7 GROUP BY ALL
UNION ALL
SELECT pane, "k_page", "k_returning", "k_select", "m_visits" AS "m_visits", "m_returning" AS "m_returning", "m_time"::HUGEINT AS "m_time", "m_shortest" AS "m_shortest", "m_longest" AS "m_longest" FROM read_parquet(['/lake/day.parquet'], hive_partitioning = false)
UNION ALL BY NAME
SELECT pane, "k_page", "k_returning", "k_select", list_transform(list_sort(list((part::UBIGINT << 6) | value)), lambda packed: (((packed & 63) << 26) | (packed >> 6))::UINTEGER) AS "m_users" FROM (
  SELECT pane, "k_page", "k_returning", "k_select", part, max(value) AS value FROM (
    SELECT (time_ms - (((time_ms % 60000) + 60000) % 60000)) AS pane, f0 AS "k_page", f1 AS "k_returning", f2 AS "k_select", (c.coupon & 255)::INTEGER AS part, (c.coupon >> 26)::INTEGER AS value FROM facts_0 JOIN coupon_of_f5 c ON c.value = f5 WHERE entered = 7 AND f5 IS NOT NULL
    UNION ALL
    SELECT pane, "k_page", "k_returning", "k_select", (item & 255)::INTEGER AS part, (item >> 26)::INTEGER AS value
    FROM (SELECT pane, "k_page", "k_returning", "k_select", unnest("m_users") AS item FROM read_parquet(['/lake/day.parquet'], hive_partitioning = false))
  ) GROUP BY pane, "k_page", "k_returning", "k_select", part
) GROUP BY pane, "k_page", "k_returning", "k_select"
UNION ALL BY NAME
SELECT pane, "k_page", "k_returning", "k_select", list_sort(list(struct_pack(bin := part, n := value))) AS "m_stay" FROM (
  SELECT pane, "k_page", "k_returning", "k_select", part, sum(value)::BIGINT AS value FROM (
    SELECT (time_ms - (((time_ms % 60000) + 60000) % 60000)) AS pane, f0 AS "k_page", f1 AS "k_returning", f2 AS "k_select", CASE WHEN abs(CAST(f4 AS BIGINT)) < 128 THEN CAST(f4 AS BIGINT) ELSE sign(CAST(f4 AS BIGINT)) * ((length(bin(abs(CAST(f4 AS BIGINT)))) - 7) * 64 + (abs(CAST(f4 AS BIGINT)) >> (length(bin(abs(CAST(f4 AS BIGINT)))) - 7))) END::INTEGER AS part, 1 AS value FROM facts_0 WHERE entered = 7 AND f4 IS NOT NULL
    UNION ALL
    SELECT pane, "k_page", "k_returning", "k_select", item.bin AS part, item.n AS value
    FROM (SELECT pane, "k_page", "k_returning", "k_select", unnest("m_stay") AS item FROM read_parquet(['/lake/day.parquet'], hive_partitioning = false))
  ) GROUP BY pane, "k_page", "k_returning", "k_select", part
) GROUP BY pane, "k_page", "k_returning", "k_select"
)
GROUP BY pane, "k_page", "k_returning", "k_select"
ORDER BY pane NULLS FIRST, "k_page" NULLS FIRST, "k_returning" NULLS FIRST, "k_select" NULLS FIRST;

CREATE TEMP TABLE metric_1 AS
SELECT pane, sum("m_visits")::BIGINT AS "m_visits" FROM (
SELECT p.pane_ms AS pane, count(*) AS "m_visits" FROM facts_0 JOIN pane_1 p ON p.quarter_ms = (time_ms - (((time_ms % 900000) + 900000) % 900000)) WHERE f6 GROUP BY ALL
)
GROUP BY pane
ORDER BY pane NULLS FIRST;
