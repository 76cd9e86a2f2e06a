import {
  type Measure,
  measureFor,
  type PresentedValue,
  type Reason,
  type Schedule,
  SCHEDULE,
  type SegmentKey,
  type ShardId,
} from "@freshet/model";
import type { WorldEvent } from "./events.sim.js";
import type { MemoryShard } from "./memoryLog.sim.js";
import { HORIZON_TICKS, SEGMENT_MS, type World } from "./world.sim.js";

/** What a segment must hold, worked out over plain arrays without any of the worker's code. */
export interface ExpectedSegment extends SegmentKey {
  readonly firstSequence: string;
  lastSequence: string;
  readonly previousSequence: string | null;
  readonly revision: number;
  readonly counts: {
    records: number;
    events: number;
    accepted: number;
    duplicates: number;
    rejected: Partial<Record<Reason, number>>;
  };
  newestTimeMs: number | null;
  /** `metric pane key` to the presented measures. */
  readonly groups: Map<string, PresentedValue[]>;
}

const MAX_LATE_MS = 60_000;
const MAX_AHEAD_MS = 10_000;

interface Placed {
  readonly event: WorldEvent;
  readonly shard: ShardId;
  /** Its place in the shard. */
  readonly order: number;
  readonly tick: number;
  readonly segment: ExpectedSegment;
  reason: Reason | null;
}

const reasonOf = (event: WorldEvent, revision: number, tick: number): Reason | null => {
  if (event.flaw) return event.flaw;
  if (event.amount > (revision === 1 ? 10 : 1_000)) return "out_of_range";
  const [late, ahead] = event.bounds ?? [MAX_LATE_MS, MAX_AHEAD_MS];
  const start = tick * SEGMENT_MS;
  return event.timeMs < start - late || event.timeMs > start + ahead ? "time_out_of_bounds" : null;
};

/** The running maximum of stamps, from the parents' greatest on. */
const clocksOf = (shard: MemoryShard, lastClock: ReadonlyMap<ShardId, number>): number[] => {
  let clock = Math.max(-1, ...shard.parents.map((parent) => lastClock.get(parent) ?? -1));
  return shard.records.map(({ arrivalMs }) => {
    clock = Math.max(clock, arrivalMs);
    return clock;
  });
};

export const expectedSegments = async (world: World): Promise<ReadonlyMap<ShardId, ExpectedSegment[]>> => {
  const schedule = (await world.records.get<Schedule>(SCHEDULE))?.value as Schedule;
  const lastClock = new Map<ShardId, number>();
  const result = new Map<ShardId, ExpectedSegment[]>();
  const placed: Placed[] = [];
  for (const shard of world.log.all.values()) {
    const clocks = clocksOf(shard, lastClock);
    const parents = shard.parents.map((parent) => lastClock.get(parent) ?? -1);
    lastClock.set(shard.id, clocks.at(-1) ?? Math.max(-1, ...parents));
    const segments: ExpectedSegment[] = [];
    let order = 0;
    shard.records.forEach((record, index) => {
      const tick = Math.floor((clocks[index] as number) / SEGMENT_MS);
      let segment = segments.at(-1);
      if (!segment || tick > segment.tick || segment.counts.events >= 6) {
        const ordinal: number = segment?.tick === tick ? segment.ordinal + 1 : 0;
        const revision = schedule.revisions.filter(({ fromTick }) => fromTick <= tick).at(-1)
          ?.revision as number;
        segment = {
          tick: tick as SegmentKey["tick"],
          ordinal,
          firstSequence: record.sequence,
          lastSequence: record.sequence,
          previousSequence: segments.at(-1)?.lastSequence ?? null,
          revision,
          counts: { records: 0, events: 0, accepted: 0, duplicates: 0, rejected: {} },
          newestTimeMs: null,
          groups: new Map(),
        };
        segments.push(segment);
      }
      segment.lastSequence = record.sequence;
      segment.counts.records++;
      for (const event of world.events.get(record.sequence) ?? []) {
        segment.counts.events++;
        const reason = reasonOf(event, segment.revision, tick);
        placed.push({ event, shard: shard.id, order: order++, tick, segment, reason });
      }
    });
    result.set(shard.id, segments);
  }
  countAll(world, schedule, placed);
  return result;
};

const ancestorsOf = (world: World, shard: ShardId): ReadonlySet<ShardId> => {
  const parents = world.log.all.get(shard)?.parents ?? [];
  return new Set(parents.flatMap((parent) => [parent, ...ancestorsOf(world, parent)]));
};

const countAll = (world: World, schedule: Schedule, placed: readonly Placed[]): void => {
  const measures = new Map<string, Measure>();
  for (const { app } of schedule.revisions) {
    for (const metric of app.metrics) {
      for (const { name, spec } of metric.measures) measures.set(`${metric.name} ${name}`, measureFor(spec));
    }
  }
  const states = new Map<ExpectedSegment, Map<string, unknown[]>>();
  for (const one of placed) {
    const { event, segment } = one;
    if (one.reason) {
      segment.counts.rejected[one.reason] = (segment.counts.rejected[one.reason] ?? 0) + 1;
      continue;
    }
    const ancestors = ancestorsOf(world, one.shard);
    const isCopy = placed.some(
      (other) =>
        other.reason === null &&
        other.event.id === event.id &&
        other.event.timeMs === event.timeMs &&
        (ancestors.has(other.shard) || (other.shard === one.shard && other.order < one.order)) &&
        one.tick - other.tick <= HORIZON_TICKS,
    );
    if (isCopy) {
      segment.counts.duplicates++;
      continue;
    }
    segment.counts.accepted++;
    segment.newestTimeMs = Math.max(segment.newestTimeMs ?? event.timeMs, event.timeMs);
    const of = states.get(segment) ?? new Map<string, unknown[]>();
    states.set(segment, of);
    const add = (name: string, inputs: readonly (readonly [string, string | number])[]): void => {
      const group = of.get(name) ?? inputs.map(([measure]) => measures.get(measure)?.zero());
      of.set(
        name,
        inputs.map(([measure, input], index) => measures.get(measure)?.add(group[index], input)),
      );
      segment.groups.set(
        name,
        inputs.map(([measure], index) => measures.get(measure)?.present(of.get(name)?.[index]) ?? null),
      );
    };
    const pane = (ms: number): number => Math.floor(event.timeMs / ms) * ms;
    add(`pages ${pane(10_000)} ${JSON.stringify({ page: event.page })}`, [
      ["pages hits", 1],
      ["pages amount", event.amount],
      ["pages users", event.user],
    ]);
    if (segment.revision >= 2) {
      add(`users ${pane(60_000)} ${JSON.stringify({ user: event.user, isLarge: event.amount > 5 })}`, [
        ["users hits", 1],
      ]);
    }
  }
};
