CREATE TEMP TABLE facts_0 AS
SELECT entered, segment, time_ms,
  ('of ' || json_extract_string(body, '$."page"')) AS f0
FROM standing s WHERE type = 'visit' AND revision IN (1)
UNION ALL
SELECT entered, segment, time_ms,
  json_extract_string(body, '$."region"') AS f0
FROM standing s WHERE type = 'visit' AND revision IN (2, 3);
