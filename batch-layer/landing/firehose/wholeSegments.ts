import type { EpochMs, SequenceNumber, ShardId } from "@freshet/model";
import type { DataStore, DuckDb, Shard } from "@freshet/storage";
import { localFiles } from "../../generation/files.js";
import { type FinishedSegment, finishedSegment } from "../../ledger/finishedSegment.js";
import { text } from "../../sql/text.js";
import type { LandingPlace } from "../place.js";
import { hourOfRawPath, RAW_PREFIX } from "../rawLake.js";
import { hourOfTick } from "../rawRows.js";
import { segmentsFrom } from "./segmentsAt.js";

/** What landing looks at, at once, of one shard. */
const SEGMENTS_MAX = 100_000;
const BEFORE_ALL = "";

type Stores = Pick<DataStore, "log" | "increments" | "lake">;

/** A finished segment after a shard's place, and whether all that speed counted in it lies in the raw lake. */
export interface CheckedSegment {
  readonly segment: FinishedSegment;
  readonly isWhole: boolean;
}

/** Finished segments after a place, without a break. */
const finishedAfter = async (
  { increments, log }: Stores,
  shard: Shard,
  { lastSequence, clockMs }: LandingPlace,
): Promise<readonly FinishedSegment[]> => {
  const found: FinishedSegment[] = [];
  let last = lastSequence;
  const tick = lastSequence === null ? null : Math.floor(clockMs / log.identity.segmentMs);
  for await (const record of segmentsFrom(increments, shard.id, tick)) {
    if (last !== null && record.lastSequence <= last) continue;
    if (!record.finished || record.previousSequence !== last || found.length >= SEGMENTS_MAX) break;
    found.push(finishedSegment(record, last));
    last = record.lastSequence;
  }
  return found;
};

const countSql = (files: readonly string[], log: string): string => `SELECT segment,
  count(*) FILTER (subsequence = 0)::INTEGER AS records, count(*) FILTER (kind = 'event')::INTEGER AS events
FROM (
  SELECT DISTINCT s.segment, r.shard, r.sequence, r.subsequence, r.kind
  FROM read_parquet([${files.map(text).join(", ")}], hive_partitioning = false) r
  ASOF JOIN whole_segment s ON r.shard = s.shard AND r.sequence > s.after_sequence
  WHERE r.log = ${text(log)} AND r.sequence <= s.last_sequence AND r.revision = s.revision
) GROUP BY segment`;

interface SegmentCount {
  readonly segment: number;
  readonly records: number;
  readonly events: number;
}

/** Rows are counted in SQL, distinct by position, never where they are written: they may be written more than once. */
const countRows = async (
  db: DuckDb,
  { lake, log }: Stores,
  segments: readonly FinishedSegment[],
): Promise<ReadonlyMap<number, SegmentCount>> => {
  const { id, segmentMs } = log.identity;
  const hours = new Set(segments.map(({ tick }) => hourOfTick(tick, segmentMs)));
  const files = (await lake.list(RAW_PREFIX)).filter((path) => hours.has(hourOfRawPath(path) ?? -1));
  if (files.length === 0 || segments.length === 0) return new Map();
  await db.run(
    "CREATE OR REPLACE TEMP TABLE whole_segment (segment INTEGER, shard VARCHAR, after_sequence VARCHAR, last_sequence VARCHAR, revision INTEGER)",
  );
  await db.insertColumns("whole_segment", {
    segment: segments.map((_, index) => index),
    shard: segments.map(({ shard }) => shard),
    after_sequence: segments.map(
      ({ previousSequence }): SequenceNumber | "" => previousSequence ?? BEFORE_ALL,
    ),
    last_sequence: segments.map(({ lastSequence }) => lastSequence),
    revision: segments.map(({ revision }) => revision),
  });
  const rows = await db.rows<SegmentCount>(countSql(await localFiles(lake, files), id));
  return new Map(rows.map((row) => [row.segment, row]));
};

/** The finished segments after each shard's place, checked against the raw lake. */
export const checkSegments = async (
  db: DuckDb,
  data: Stores,
  places: readonly { readonly shard: Shard; readonly place: LandingPlace }[],
): Promise<ReadonlyMap<ShardId, readonly CheckedSegment[]>> => {
  const segments: FinishedSegment[] = [];
  for (const { shard, place } of places)
    if (!place.ended) segments.push(...(await finishedAfter(data, shard, place)));
  const counts = await countRows(db, data, segments);
  const checked = new Map<ShardId, CheckedSegment[]>();
  for (const [index, segment] of segments.entries()) {
    const { records = 0, events = 0 } = counts.get(index) ?? {};
    // a gap was trimmed before speed could fold it: nobody knows what it held
    const isWhole = segment.gap || (records >= segment.counts.records && events >= segment.counts.events);
    const own = checked.get(segment.shard) ?? [];
    own.push({ segment, isWhole });
    checked.set(segment.shard, own);
  }
  return checked;
};

/** A place behind the last of the segments that are whole without a break. */
export const placeThrough = (
  place: LandingPlace,
  checked: readonly CheckedSegment[],
  segmentMs: number,
): LandingPlace => {
  let through = place;
  for (const { segment, isWhole } of checked) {
    if (!isWhole) break;
    through = {
      ...through,
      lastSequence: segment.lastSequence,
      clockMs: Math.max(through.clockMs, segment.tick * segmentMs) as EpochMs,
      ended: segment.children && { children: segment.children },
    };
  }
  return through;
};
