CREATE TEMP TABLE segment (
  segment INTEGER, shard VARCHAR, tick BIGINT, ordinal INTEGER, first_sequence VARCHAR, after_sequence VARCHAR,
  last_sequence VARCHAR, revision INTEGER, records BIGINT, events BIGINT, duplicates BIGINT, role VARCHAR,
  entered INTEGER, written_off BOOLEAN, gap BOOLEAN
);
CREATE TEMP TABLE segment_rejected (segment INTEGER, reason VARCHAR, events BIGINT);
CREATE TEMP TABLE bounds (revision INTEGER, late_ms BIGINT, ahead_ms BIGINT);
CREATE TEMP TABLE counted (shard VARCHAR, sequence VARCHAR, subsequence INTEGER, entered INTEGER);

INSERT INTO segment (segment, shard, tick, ordinal, first_sequence, after_sequence, last_sequence, revision, gap, role, written_off)
SELECT 40 + row_number() OVER (), l.shard, l.tick, l.ordinal, l.first_sequence, l.after_sequence, l.last_sequence, l.revision, l.gap, 'context', l.written_off
FROM read_parquet(['/lake/generations/segments/6.parquet'], hive_partitioning = false) l LEFT JOIN needed n ON n.shard = l.shard
WHERE l.written_off OR l.tick >= n.least_tick;

CREATE TEMP TABLE history AS
SELECT 40 + row_number() OVER () AS segment, * FROM read_parquet(['/lake/generations/segments/6.parquet'], hive_partitioning = false);
INSERT INTO segment (segment, shard, tick, ordinal, first_sequence, after_sequence, last_sequence, revision, gap, records, events, duplicates, role, entered, written_off)
SELECT segment, shard, tick, ordinal, first_sequence, after_sequence, last_sequence, revision, gap, records, events, duplicates, 'history', generation, written_off FROM history;
INSERT INTO segment_rejected
SELECT segment, reason, n FROM (
  UNPIVOT (SELECT segment, malformed, too_large, unknown_type, unknown_version, missing_field, wrong_type, out_of_range, time_out_of_bounds FROM history) ON malformed, too_large, unknown_type, unknown_version, missing_field, wrong_type, out_of_range, time_out_of_bounds INTO NAME reason VALUE n
) WHERE n > 0;
DROP TABLE history;

CREATE TEMP TABLE placed AS
SELECT r.shard, r.sequence, s.segment
FROM (SELECT DISTINCT shard, sequence FROM read_parquet(['/lake/raw/it''s.parquet'], hive_partitioning = false) WHERE log = 'log''s') r
ASOF JOIN segment s ON r.shard = s.shard AND r.sequence > s.after_sequence
WHERE r.sequence <= s.last_sequence;

CREATE TEMP TABLE landed_row AS
WITH judged AS (
  SELECT r.shard, r.sequence, r.subsequence, r.kind, r.type, r.id, r.time_ms, r.body, r.revision,
    s.segment, s.tick, s.entered AS segment_entered, s.written_off,
    CASE
      WHEN r.kind <> 'event' OR r.reason IS NOT NULL THEN r.reason
      WHEN r.time_ms < CASE WHEN s.gap THEN (r.arrival_ms - (((r.arrival_ms % 1000) + 1000) % 1000)) ELSE s.tick * 1000 END - coalesce(r.late_ms, b.late_ms) THEN 'time_out_of_bounds'
      WHEN r.time_ms > CASE WHEN s.gap THEN (r.arrival_ms - (((r.arrival_ms % 1000) + 1000) % 1000)) ELSE s.tick * 1000 END + coalesce(r.ahead_ms, b.ahead_ms) THEN 'time_out_of_bounds'
    END AS reason
  FROM read_parquet(['/lake/raw/it''s.parquet'], hive_partitioning = false) r
  JOIN placed p ON p.shard = r.shard AND p.sequence = r.sequence
  JOIN segment s ON s.segment = p.segment AND (r.revision = s.revision OR s.gap)
  JOIN bounds b ON b.revision = r.revision
  WHERE r.log = 'log''s'
)
SELECT j.* EXCLUDE (segment_entered, written_off),
  CASE WHEN j.written_off THEN coalesce(c.entered, 7) ELSE j.segment_entered END AS entered,
  CASE WHEN j.kind = 'event' AND j.reason IS NULL THEN md5(type || chr(0) || id || chr(0) || time_ms)::UUID END AS identity
FROM judged j
LEFT JOIN counted c ON j.written_off AND c.shard = j.shard AND c.sequence = j.sequence AND c.subsequence = j.subsequence;

DROP TABLE placed;

CREATE TEMP TABLE landed_twice AS
SELECT hash(shard, sequence, subsequence) AS position FROM landed_row GROUP BY position HAVING count(*) > 1;

DELETE FROM landed_row WHERE rowid IN (
  SELECT row FROM (
    SELECT rowid AS row, row_number() OVER (PARTITION BY shard, sequence, subsequence ORDER BY rowid) AS copy
    FROM landed_row WHERE hash(shard, sequence, subsequence) IN (SELECT position FROM landed_twice)
  ) WHERE copy > 1
);
