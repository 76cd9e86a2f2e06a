const PANE_MS = 60_000;
const pane = `time_ms - time_ms % ${PANE_MS}`;
const VIEWS = "kind = 'event' AND reason IS NULL AND type = 'article_view'";

/**
 * What one would write without Freshet for the same metric: views, distinct readers, quantiles and the sum of the dwell time, by
 * minute, article and cluster, each event once. Columns of lists are the engine's own sketches.
 *
 * @param raw what follows a FROM
 */
export const duckDbViews = (raw: string): string => `
SELECT ${pane} AS pane, article, cluster, count(*) AS views, approx_count_distinct(reader) AS readers,
  approx_quantile(dwell, [0.5, 0.9, 0.99]) AS dwell, sum(dwell) AS dwell_ms
FROM (
  SELECT DISTINCT id, time_ms, body ->> '$.article' AS article, body ->> '$.cluster' AS cluster,
    body ->> '$.user' AS reader, (body ->> '$.dwellMs')::BIGINT AS dwell
  FROM ${raw} WHERE ${VIEWS}
)
GROUP BY ALL ORDER BY pane, article, cluster`;

/** The same in Spark's words; sketches that can be merged. */
export const sparkViews = (raw: string): string => `
SELECT ${pane} AS pane, article, cluster, count(*) AS views, hll_sketch_agg(user, 12) AS readers,
  kll_sketch_agg_bigint(dwellMs) AS dwell, sum(dwellMs) AS dwell_ms
FROM (
  SELECT DISTINCT id, time_ms, body.* FROM (
    SELECT id, time_ms, from_json(body, 'article STRING, cluster STRING, user STRING, dwellMs BIGINT') AS body
    FROM ${raw} WHERE ${VIEWS}
  )
)
GROUP BY 1, 2, 3 SORT BY pane, article, cluster`;
