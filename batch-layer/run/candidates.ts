import {
  advance,
  type CutPoint,
  type Disagreement,
  type EpochMs,
  type LedgerCounts,
  REASONS,
  revisionAt,
  type Schedule,
  type SegmenterSettings,
  type SequenceNumber,
  type Tick,
} from "@freshet/model";
import type { DuckDb } from "@freshet/storage";
import type { MissingRun } from "../ledger/chain.js";
import type { FinishedSegment } from "../ledger/finishedSegment.js";
import { parquet } from "../sql/text.js";

/** A record of the raw lake, as far as it decides segments and counts. */
interface RawRecord {
  readonly sequence: SequenceNumber;
  readonly arrivalMs: EpochMs;
  readonly events: number;
  readonly rejected: number;
}

const rawRecordsSql = (files: readonly string[]): string =>
  `SELECT sequence, min(arrival_ms) AS "arrivalMs", count(DISTINCT subsequence) FILTER (kind = 'event') AS events,
  count(DISTINCT subsequence) FILTER (reason IS NOT NULL) AS rejected
FROM ${parquet(files)} WHERE log = ? AND shard = ? AND sequence > ? AND sequence <= ? GROUP BY sequence ORDER BY sequence`;

/** What the raw lake holds of a run for which speed has no record. */
export const rawRecordsOf = async (
  db: DuckDb,
  files: readonly string[],
  log: string,
  run: MissingRun,
): Promise<readonly RawRecord[]> =>
  files.length === 0
    ? []
    : db.rows<RawRecord>(rawRecordsSql(files), [
        log,
        run.shard,
        run.after?.lastSequence ?? "",
        run.throughSequence,
      ]);

const NO_COUNTS: LedgerCounts = { records: 0, events: 0, accepted: 0, duplicates: 0, rejected: {} };

/** The segments of a run as the arrival clock cuts them: what speed had recorded, but for the counts. */
export const segmentsOfRun = (
  run: MissingRun,
  records: readonly RawRecord[],
  schedule: Schedule,
  settings: SegmenterSettings,
): readonly FinishedSegment[] => {
  const { after, shard } = run;
  const afterEvents = settings.segmentEventsMax;
  let state = {
    clockMs: (after === null ? -1 : after.tick * settings.segmentMs) as EpochMs,
    key: after,
    events: afterEvents,
  } as Parameters<typeof advance>[0];
  const segments: FinishedSegment[] = [];
  for (const { sequence, arrivalMs, events } of records) {
    const step = advance(state, arrivalMs, events, settings);
    state = step.state;
    const { tick, ordinal } = state.key ?? { tick: 0 as Tick, ordinal: 0 };
    const open = segments.at(-1);
    if (open && !step.opens) {
      segments[segments.length - 1] = { ...open, lastSequence: sequence };
      continue;
    }
    segments.push({
      shard,
      tick,
      ordinal,
      firstSequence: sequence,
      lastSequence: sequence,
      previousSequence: open?.lastSequence ?? after?.lastSequence ?? null,
      revision: revisionAt(schedule, tick).revision,
      counts: NO_COUNTS,
      gap: false,
      children: null,
    });
  }
  return segments;
};

/** Names a run for which speed has no record, by what the raw lake holds of it. */
export const missingAsDisagreement = (
  run: MissingRun,
  records: readonly RawRecord[],
  segments: readonly FinishedSegment[],
): Disagreement => {
  const events = records.reduce((sum, record) => sum + record.events, 0);
  const rejected = records.reduce((sum, record) => sum + record.rejected, 0);
  const first = segments[0];
  const unknown: CutPoint = run.after ?? { tick: 0 as Tick, ordinal: 0, lastSequence: run.throughSequence };
  return {
    shard: run.shard,
    tick: first?.tick ?? unknown.tick,
    ordinal: first?.ordinal ?? unknown.ordinal,
    firstSequence: first?.firstSequence ?? run.throughSequence,
    lastSequence: run.throughSequence,
    speed: NO_COUNTS,
    batch: { records: records.length, events, accepted: events - rejected, duplicates: 0, rejected: {} },
  };
};

/** Counts of a row that has a column for each reason. */
export const rejectedOf = (row: Readonly<Record<string, unknown>>): LedgerCounts["rejected"] =>
  Object.fromEntries(
    REASONS.flatMap((reason) => {
      const count = Number(row[reason] ?? 0);
      return count > 0 ? [[reason, count]] : [];
    }),
  );
