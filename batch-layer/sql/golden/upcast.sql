CREATE TEMP TABLE facts_0 AS
SELECT entered, segment, time_ms,
  ('of ' || "body.page") AS f0
FROM (SELECT *, body_texts[1] AS "body.page" FROM (
  SELECT *, json_extract_string(body, ['$."page"']) AS body_texts FROM standing WHERE type = 'visit' AND revision IN (1)
)) s
UNION ALL
SELECT entered, segment, time_ms,
  "body.region" AS f0
FROM (SELECT *, body_texts[1] AS "body.region" FROM (
  SELECT *, json_extract_string(body, ['$."region"']) AS body_texts FROM standing WHERE type = 'visit' AND revision IN (2, 3)
)) s;
