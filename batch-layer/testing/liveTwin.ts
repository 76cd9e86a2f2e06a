import {
  encodeIncrement,
  type EpochMs,
  type GroupKey,
  type JsonObject,
  type Measure,
  measureFor,
  type MetricDefinition,
  type MetricIncrement,
  OTHER_KEY,
  paneStart,
  revisionAt,
  type Schedule,
} from "@freshet/model";
import { evaluator } from "./oracle.js";
import type { PlainEvent } from "./plainRecount.js";

export const measuresOf = (metric: MetricDefinition): readonly Measure[] =>
  metric.measures.map(({ spec }) => measureFor(spec));

/** A body that landing wrote is in the last version of its own revision. */
const asWritten = ({ body }: PlainEvent): JsonObject => JSON.parse(body) as JsonObject;

export type TwinGroups = Map<string, { paneMs: EpochMs; key: GroupKey; states: unknown[] }>;

/** Adds events to groups; past `groupsMax` new ones go to the `other` group of their pane. Returns whether any did. */
export const foldPlainly = (
  metric: MetricDefinition,
  events: readonly PlainEvent[],
  groups: TwinGroups,
  groupsMax = Number.POSITIVE_INFINITY,
): boolean => {
  const evaluate = evaluator(metric, asWritten);
  const measures = measuresOf(metric);
  let overflow = false;
  let named = 0;
  for (const event of events) {
    const found = evaluate(event);
    if (!found) continue;
    const paneMs = paneStart(event.timeMs, metric.paneMs, metric.timeZone);
    let key = found.key;
    if (!groups.has(`${paneMs} ${key}`)) {
      if (named >= groupsMax) {
        overflow = true;
        key = OTHER_KEY;
      } else named += 1;
    }
    const name = `${paneMs} ${key}`;
    const group = groups.get(name) ?? { paneMs, key, states: measures.map((measure) => measure.zero()) };
    groups.set(name, group);
    found.inputs.forEach((input, index) => {
      if (input !== undefined) group.states[index] = measures[index]!.add(group.states[index], input);
    });
  }
  return overflow;
};

const byPaneAndKey = (a: { paneMs: number; key: string }, b: { paneMs: number; key: string }): number =>
  a.paneMs - b.paneMs || (a.key < b.key ? -1 : 1);

/** What live's increment of one segment says, by plain arrays. */
export const liveIncrement = (metric: MetricDefinition, accepted: readonly PlainEvent[]): MetricIncrement => {
  const groups: TwinGroups = new Map();
  const overflow = foldPlainly(metric, accepted, groups, metric.groupsMax);
  return { definition: metric.hash, overflow, groups: [...groups.values()].sort(byPaneAndKey) };
};

/** The body of one segment. */
export const liveBody = (
  schedule: Schedule,
  revision: number,
  accepted: readonly PlainEvent[],
): Uint8Array => {
  const { metrics } = (
    schedule.revisions.find((one) => one.revision === revision) ?? revisionAt(schedule, 0 as never)
  ).app;
  const sorted = [...metrics].sort((a, b) => (a.hash < b.hash ? -1 : 1));
  const measures = new Map(sorted.map((metric) => [metric.hash, measuresOf(metric)]));
  return encodeIncrement(
    {
      metrics: sorted.map((metric) =>
        liveIncrement(
          metric,
          accepted.filter((event) => typeOf(event) === metric.event),
        ),
      ),
    },
    (hash) => measures.get(hash) ?? null,
  );
};

const typeOf = ({ identity }: PlainEvent): string => (JSON.parse(identity) as readonly string[])[0]!;
