import {
  type CutPoint,
  type GenerationManifest,
  type LedgerCounts,
  type SegmentKey,
  type SegmentRecord,
  type ShardId,
} from "@freshet/model";
import type { BookStores } from "./standing.js";
import { addCounts, NO_COUNTS } from "./tierCounts.js";

const HOUR_MS = 3_600_000;
const PAGE_SEGMENTS = 200;

export type CountsByHour = ReadonlyMap<number, LedgerCounts>;

interface ShardHours {
  /** The last finished segment that is in `hours`. */
  after: SegmentKey | null;
  readonly hours: Map<number, LedgerCounts>;
  children: readonly ShardId[];
}

/** What live counted after the cut, by hour of arrival: each finished record is read once for a generation. */
export const createLiveHours = ({ increments, log }: BookStores) => {
  let generation: number | null | undefined;
  let shards = new Map<ShardId, ShardHours>();
  let turn: Promise<unknown> = Promise.resolve();
  const { segmentMs, roster } = log.identity;

  const add = (hours: Map<number, LedgerCounts>, { tick, counts }: SegmentRecord): void => {
    if (counts.records === 0) return;
    const hour = Math.floor((tick * segmentMs) / HOUR_MS) * HOUR_MS;
    hours.set(hour, addCounts(hours.get(hour) ?? NO_COUNTS, counts));
  };

  /** Reads on; returns the open segment, which is not taken in yet. */
  const readOn = async (shard: ShardId, read: ShardHours): Promise<SegmentRecord | null> => {
    for (;;) {
      const page = await increments.segments(shard, read.after, PAGE_SEGMENTS);
      for (const record of page) {
        if (!record.finished) return record;
        add(read.hours, record);
        read.after = { tick: record.tick, ordinal: record.ordinal };
        if (record.ended) read.children = record.children;
      }
      if (page.length < PAGE_SEGMENTS) return null;
    }
  };

  const startOf = (cut: CutPoint | undefined): ShardHours => ({
    after: cut ?? null,
    hours: new Map(),
    children: [],
  });

  const read = async (manifest: GenerationManifest | null): Promise<CountsByHour> => {
    if (generation !== (manifest?.generation ?? null)) {
      generation = manifest?.generation ?? null;
      shards = new Map();
    }
    const ended = manifest?.ended ?? {};
    const todo = [
      ...roster,
      ...(Object.keys(manifest?.cut ?? {}) as ShardId[]),
      ...Object.values(ended).flat(),
    ];
    const done = new Set<ShardId>();
    const hours = new Map<number, LedgerCounts>();
    for (let shard = todo.pop(); shard !== undefined; shard = todo.pop()) {
      if (done.has(shard) || Object.hasOwn(ended, shard)) continue;
      done.add(shard);
      const state = shards.get(shard) ?? startOf(manifest?.cut[shard]);
      shards.set(shard, state);
      const open = await readOn(shard, state);
      todo.push(...state.children);
      for (const [hour, counts] of state.hours)
        hours.set(hour, addCounts(hours.get(hour) ?? NO_COUNTS, counts));
      if (open) add(hours, open);
    }
    return hours;
  };

  return (manifest: GenerationManifest | null): Promise<CountsByHour> => {
    const mine = turn.then(() => read(manifest));
    turn = mine.catch(() => undefined);
    return mine;
  };
};
