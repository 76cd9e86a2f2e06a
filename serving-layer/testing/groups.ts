import {
  type EpochMs,
  type Group,
  type GroupKey,
  type Measure,
  type MetricDefinition,
  paneStart,
} from "@freshet/model";

/** One event as the world counts it: its key and one number for each measure that takes one. */
export interface WorldEvent {
  readonly timeMs: number;
  readonly key: GroupKey;
  readonly inputs: readonly (number | string | null)[];
}

/** What the events add up to, by pane and key, in the order of a body. */
export const groupsOf = (
  metric: MetricDefinition,
  measures: readonly Measure[],
  events: readonly WorldEvent[],
): Group[] => {
  const groups = new Map<string, Group & { states: unknown[] }>();
  for (const { timeMs, key, inputs } of events) {
    const paneMs = paneStart(timeMs as EpochMs, metric.paneMs, metric.timeZone);
    const name = `${paneMs} ${key}`;
    const group = groups.get(name) ?? { paneMs, key, states: measures.map((measure) => measure.zero()) };
    measures.forEach((measure, index) => {
      group.states[index] = measure.add(group.states[index], inputs[index] ?? null);
    });
    groups.set(name, group);
  }
  return [...groups.values()].sort((a, b) => a.paneMs - b.paneMs || (a.key < b.key ? -1 : 1));
};
