CREATE TEMP TABLE in_cut AS
SELECT s.segment FROM segment s JOIN cut_point c ON c.shard = s.shard AND (s.tick, s.ordinal) <= (c.tick, c.ordinal);

CREATE TEMP VIEW counted_row AS
SELECT r.* FROM landed_row r SEMI JOIN in_cut USING (segment)
WHERE r.entered = 7;

CREATE TEMP TABLE known AS
SELECT i.identity, i.of_shard, i.body_hash
FROM (SELECT identity::UUID AS identity, shard AS of_shard, body_hash, hour FROM read_parquet(['/lake/generations/identities/6.parquet'], hive_partitioning = false)) i
SEMI JOIN (SELECT identity FROM counted_row WHERE identity IS NOT NULL) USING (identity)
WHERE i.hour BETWEEN
  (SELECT floor(min(time_ms) / 3600000) FROM counted_row WHERE identity IS NOT NULL)
  AND (SELECT floor(max(time_ms) / 3600000) FROM counted_row WHERE identity IS NOT NULL);

CREATE TEMP TABLE copy AS
SELECT segment, shard, sequence, subsequence, entered, of_shard, body_hash <> stands AS conflict
FROM (
  SELECT r.segment, r.shard, r.sequence, r.subsequence, r.entered, (md5_number(body) >> 64)::UBIGINT AS body_hash,
    k.identity IS NOT NULL AS known, row_number() OVER by_position AS place,
    coalesce(k.of_shard, first(r.shard) OVER by_position) AS of_shard,
    coalesce(k.body_hash, first((md5_number(body) >> 64)::UBIGINT) OVER by_position) AS stands
  FROM counted_row r LEFT JOIN known k USING (identity)
  WHERE r.identity IS NOT NULL
    AND (k.identity IS NOT NULL OR r.identity IN (SELECT identity FROM repeated))
  WINDOW by_position AS (PARTITION BY r.identity ORDER BY entered, tick, shard, sequence, subsequence ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
WHERE known OR place > 1;

CREATE TEMP VIEW standing AS
SELECT r.* FROM counted_row r ANTI JOIN copy USING (shard, sequence, subsequence)
WHERE r.identity IS NOT NULL;

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

SELECT floor(time_ms / 3600000)::BIGINT AS hour, identity, shard, sequence, subsequence, (md5_number(body) >> 64)::UBIGINT AS body_hash
FROM standing WHERE entered = 7;

SELECT s.shard, s.tick, s.ordinal, s.first_sequence,
  s.after_sequence, s.last_sequence, s.revision, s.gap, coalesce(b.records, 0) AS records, coalesce(b.events, 0) AS events,
  coalesce(d.duplicates, 0) AS duplicates, coalesce(b.malformed, 0) AS malformed, coalesce(b.too_large, 0) AS too_large, coalesce(b.unknown_type, 0) AS unknown_type, coalesce(b.unknown_version, 0) AS unknown_version, coalesce(b.missing_field, 0) AS missing_field, coalesce(b.wrong_type, 0) AS wrong_type, coalesce(b.out_of_range, 0) AS out_of_range, coalesce(b.time_out_of_bounds, 0) AS time_out_of_bounds,
  s.written_off, 7 AS generation
FROM segment s
SEMI JOIN in_cut USING (segment)
LEFT JOIN batch_count b USING (segment)
LEFT JOIN live_duplicate d USING (segment)
WHERE s.role = 'delta';
