import { createHash } from "node:crypto";
import {
  EMPTY_SHARD_TICK,
  type EpochMs,
  NO_SEQUENCE,
  type Schedule,
  type SegmentRecord,
  type ShardId,
} from "@freshet/model";
import type { IncrementStore, ShardLog } from "@freshet/storage";
import { liveBody } from "./liveTwin.js";
import { type PlainEvent, readPlainly, rejectedOf, type PlainShard } from "./plainRecount.js";

/** What a speed layer would record, by plain arrays: every segment of the log, the last of an open shard unfinished. */
export const segmentRecords = async (
  log: ShardLog,
  schedule: Schedule,
): Promise<readonly SegmentRecord[]> => {
  const { segmentMs, dedupeHorizonMs } = log.identity;
  const horizon = Math.floor(dedupeHorizonMs / segmentMs);
  const parents = new Map((await log.shards()).map((shard) => [shard.id, shard.parents]));
  const seen = new Map<ShardId, Map<string, number>>();
  const records: SegmentRecord[] = [];
  for (const plain of await readPlainly(log, schedule)) {
    seen.set(plain.shard, inherited(parents.get(plain.shard) ?? [], seen));
    records.push(...recordsOf(plain, seen.get(plain.shard)!, horizon, schedule));
  }
  return records;
};

/** What is known where a shard begins. */
export const inherited = (
  parents: readonly ShardId[],
  seen: ReadonlyMap<ShardId, ReadonlyMap<string, number>>,
): Map<string, number> => {
  const all = new Map<string, number>();
  for (const parent of parents) {
    for (const [identity, tick] of seen.get(parent)!)
      all.set(identity, Math.max(all.get(identity) ?? -1, tick));
  }
  return all;
};

/** The events of a segment that live counts. @param seen the newest tick of each identity so far, in the shard and its ancestors */
export const acceptedOf = (
  events: readonly PlainEvent[],
  seen: Map<string, number>,
  horizon: number,
): readonly PlainEvent[] =>
  events.filter(({ reason, identity, key }) => {
    if (reason !== null) return false;
    const before = seen.get(identity);
    seen.set(identity, Math.max(before ?? -1, key.tick));
    return before === undefined || key.tick - before > horizon;
  });

const recordsOf = (
  { shard, segments, ended }: PlainShard,
  seen: Map<string, number>,
  horizon: number,
  schedule: Schedule,
): SegmentRecord[] => {
  const common = { version: 1, shard } as const;
  const bodyOf = (revision: number, accepted: readonly PlainEvent[]) => {
    const bytes = liveBody(schedule, revision, accepted);
    return {
      body: { kind: "inline", bytes } as const,
      bodyHash: createHash("sha256").update(bytes).digest("hex"),
    };
  };
  if (segments.length === 0) {
    if (!ended) return [];
    const counts = { records: 0, events: 0, accepted: 0, duplicates: 0, rejected: {} };
    const key = { tick: EMPTY_SHARD_TICK, ordinal: 0, firstSequence: NO_SEQUENCE, lastSequence: NO_SEQUENCE };
    const end = { finished: true, ended: true, children: ended.children, revision: 1 };
    return [
      { ...common, ...bodyOf(1, []), ...key, ...end, previousSequence: null, counts, newestTimeMs: null },
    ];
  }
  return segments.map(({ key, records, events, revision }, index): SegmentRecord => {
    const last = index === segments.length - 1;
    const accepted = acceptedOf(events, seen, horizon);
    const newest = accepted.length === 0 ? null : Math.max(...accepted.map(({ timeMs }) => timeMs));
    const rejected = rejectedOf(events);
    const bad = Object.values(rejected).reduce((sum, one) => sum + one, 0);
    return {
      ...common,
      ...bodyOf(revision, accepted),
      tick: key.tick,
      ordinal: key.ordinal,
      firstSequence: records[0]!.sequence,
      lastSequence: records.at(-1)!.sequence,
      previousSequence: segments[index - 1]?.records.at(-1)?.sequence ?? null,
      finished: !last || ended !== null,
      ended: last && ended !== null,
      children: last && ended ? ended.children : [],
      revision,
      counts: {
        records: records.length,
        events: events.length,
        accepted: accepted.length,
        duplicates: events.length - accepted.length - bad,
        rejected,
      },
      newestTimeMs: newest as EpochMs | null,
    };
  });
};

/** Writes them, and a tip for each shard. `leftOut` are lost. */
export const recordSpeed = async (
  log: ShardLog,
  increments: IncrementStore,
  schedule: Schedule,
  leftOut: (record: SegmentRecord) => boolean = () => false,
): Promise<readonly SegmentRecord[]> => {
  const records = await segmentRecords(log, schedule);
  for (const record of records) if (!leftOut(record)) await increments.writeSegment(record);
  for (const { id } of await log.shards()) {
    const last = records.findLast((record) => record.shard === id);
    await increments.writeTip({ shard: id, atMs: 0 as EpochMs, lastSequence: last?.lastSequence ?? null });
  }
  return records;
};
