import {
  advance,
  createEventReader,
  type EpochMs,
  type LedgerCounts,
  type Reason,
  revisionAt,
  type Schedule,
  type SegmentKey,
  type SegmenterState,
  type SequenceNumber,
  type ShardId,
} from "@freshet/model";
import { type LogRecord, type ShardLog, unpackRecord } from "@freshet/storage";

/** One event as plain arrays know it. */
export interface PlainEvent {
  readonly shard: ShardId;
  readonly key: SegmentKey;
  readonly sequence: SequenceNumber;
  readonly subsequence: number;
  readonly reason: Reason | null;
  readonly identity: string;
  readonly timeMs: EpochMs;
  readonly id: string;
  readonly body: string;
  readonly revision: number;
}

export interface PlainSegment {
  readonly shard: ShardId;
  readonly key: SegmentKey;
  readonly records: readonly LogRecord[];
  readonly events: readonly PlainEvent[];
  readonly revision: number;
}

export interface PlainShard {
  readonly shard: ShardId;
  readonly segments: readonly PlainSegment[];
  readonly ended: { readonly children: readonly ShardId[] } | null;
}

/** Reads the whole log, parents first, and cuts it into segments. */
export const readPlainly = async (log: ShardLog, schedule: Schedule): Promise<readonly PlainShard[]> => {
  const { identity } = log;
  const clocks = new Map<ShardId, number>();
  const readers = new Map(schedule.revisions.map(({ revision, app }) => [revision, createEventReader(app)]));
  const found: PlainShard[] = [];
  for (const { id: shard, parents } of await log.shards()) {
    const { records, ended } = await log.read(shard, null, 1_000_000);
    let state: SegmenterState = {
      clockMs: Math.max(-1, ...parents.map((parent) => clocks.get(parent)!)) as EpochMs,
      key: null,
      events: 0,
    };
    const segments: { key: SegmentKey; records: LogRecord[]; events: PlainEvent[]; revision: number }[] = [];
    for (const record of records) {
      const unpacked = unpackRecord(record.data);
      const count =
        unpacked.kind === "events" ? unpacked.events.length : unpacked.kind === "oversize" ? 1 : 0;
      const step = advance(state, record.arrivalMs, count, identity);
      state = step.state;
      const key = state.key!;
      const { revision, app } = revisionAt(schedule, key.tick);
      if (step.opens) segments.push({ key, records: [], events: [], revision });
      const segment = segments.at(-1)!;
      segment.records.push(record);
      if (unpacked.kind !== "events") continue;
      unpacked.events.forEach((bytes, subsequence) => {
        const read = readers.get(revision)!.read(bytes);
        const tickMs = key.tick * identity.segmentMs;
        const bounds = read.kind === "event" ? read.bounds : null;
        const late = bounds?.maxLateMs ?? app.settings.maxLateMs;
        const ahead = bounds?.maxAheadMs ?? app.settings.maxAheadMs;
        const timeMs = read.timeMs ?? (0 as EpochMs);
        const outside = timeMs < tickMs - late || timeMs > tickMs + ahead;
        segment.events.push({
          shard,
          key,
          sequence: record.sequence,
          subsequence,
          reason: read.kind === "rejected" ? read.reason : outside ? "time_out_of_bounds" : null,
          identity: JSON.stringify([read.type, read.id, timeMs]),
          timeMs,
          id: read.id ?? "",
          body: read.kind === "event" ? read.body() : "",
          revision,
        });
      });
    }
    clocks.set(shard, state.clockMs);
    found.push({ shard, segments: segments.map((segment) => ({ shard, ...segment })), ended });
  }
  return found;
};

export const rejectedOf = (events: readonly PlainEvent[]): LedgerCounts["rejected"] => {
  const rejected: Partial<Record<Reason, number>> = {};
  for (const { reason } of events) if (reason !== null) rejected[reason] = (rejected[reason] ?? 0) + 1;
  return rejected;
};
