import {
  decodeIncrement,
  decodeKey,
  measureFor,
  type PresentedValue,
  type Schedule,
  SCHEDULE,
  type SegmentRecord,
} from "@freshet/model";
import { type ExpectedSegment, expectedSegments } from "./oracle.sim.js";
import type { World } from "./world.sim.js";

/** What a stored record says, in the oracle's words. */
const asExpected = async (
  world: World,
  schedule: Schedule,
  record: SegmentRecord,
): Promise<ExpectedSegment> => {
  const metrics = new Map(
    schedule.revisions.flatMap(({ app }) => app.metrics).map((metric) => [metric.hash, metric] as const),
  );
  const measuresOf = (hash: string) =>
    metrics.get(hash)?.measures.map(({ spec }) => measureFor(spec)) ?? null;
  const { body } = record;
  const bytes =
    body.kind === "inline"
      ? body.bytes
      : await world.lake.get(body.path, { offset: body.offset, length: body.length });
  const groups = new Map<string, PresentedValue[]>();
  for (const { definition, groups: held } of decodeIncrement(bytes, measuresOf).metrics) {
    const metric = metrics.get(definition);
    for (const { paneMs, key, states } of held) {
      const name = `${metric?.name} ${paneMs} ${JSON.stringify(decodeKey(key, metric?.by ?? []))}`;
      groups.set(
        name,
        states.map((state, index) => measuresOf(definition)?.[index]?.present(state) ?? null),
      );
    }
  }
  const { tick, ordinal, firstSequence, lastSequence, previousSequence, revision, counts, newestTimeMs } =
    record;
  return {
    tick,
    ordinal,
    firstSequence,
    lastSequence,
    previousSequence,
    revision,
    counts,
    newestTimeMs,
    groups,
  };
};

/** Everything that is wrong with a world that has come to rest; empty: all laws hold. */
export const faultsOf = async (world: World): Promise<string[]> => {
  const faults: string[] = world.settled ? [] : ["never settles"];
  for (const report of world.reports)
    if (report.kind === "conflict") faults.push(`conflict: ${report.message}`);
  for (const [name, hashes] of world.bodies) {
    if (hashes.size > 1) faults.push(`bytes differ: ${name} was written as ${[...hashes].join(" and ")}`);
  }
  const schedule = (await world.records.get<Schedule>(SCHEDULE))?.value as Schedule;
  for (const [shard, expected] of await expectedSegments(world)) {
    const stored = world.increments.all(shard);
    const own = stored.filter(({ counts }) => counts.records > 0);
    if (own.length !== expected.length)
      faults.push(`${shard}: ${own.length} segments, not ${expected.length}`);
    for (const [index, record] of own.entries()) {
      const found = await asExpected(world, schedule, record);
      const wanted = expected[index];
      if (!wanted || text(found) !== text(wanted)) {
        faults.push(`${shard}: stored ${text(found)}, expected ${wanted && text(wanted)}`);
      }
    }
    const children = world.log.all.get(shard)?.children ?? null;
    const ended = stored.find((record) => record.ended);
    if (children && JSON.stringify(ended?.children) !== JSON.stringify(children)) {
      faults.push(`${shard}: closed, but no record names its children`);
    }
    for (const record of stored.slice(0, -1)) {
      if (!record.finished) faults.push(`${shard}: ${record.tick}.${record.ordinal} is not finished`);
    }
  }
  return faults;
};

const text = (segment: ExpectedSegment): string =>
  JSON.stringify({
    ...segment,
    counts: {
      ...segment.counts,
      rejected: Object.entries(segment.counts.rejected).sort(([a], [b]) => (a < b ? -1 : 1)),
    },
    groups: [...segment.groups].sort(([a], [b]) => (a < b ? -1 : 1)),
  });
