import {
  decodeIncrement,
  encodeIncrement,
  type Group,
  type GroupKey,
  type LedgerCounts,
  type MeasuresOf,
  mergeStates,
  type MetricIncrement,
  type Reason,
} from "@freshet/model";

interface MergedMetric {
  overflow: boolean;
  readonly panes: Map<number, Map<GroupKey, Group>>;
}

const byKey = (a: Group, b: Group): number => a.paneMs - b.paneMs || (a.key < b.key ? -1 : 1);

/** One body for a run of bodies with equal definitions: states merged by the measures' own merge. */
export const mergeBodies = (bodies: readonly Uint8Array[], measuresOf: MeasuresOf): Uint8Array => {
  const metrics = new Map<string, MergedMetric>();
  for (const body of bodies) {
    for (const metric of decodeIncrement(body, measuresOf).metrics) {
      const into: MergedMetric = metrics.get(metric.definition) ?? { overflow: false, panes: new Map() };
      metrics.set(metric.definition, into);
      into.overflow ||= metric.overflow;
      for (const group of metric.groups) mergeGroup(into, group, measuresOf(metric.definition) ?? []);
    }
  }
  const merged: MetricIncrement[] = [...metrics]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([definition, { overflow, panes }]) => ({
      definition,
      overflow,
      groups: [...panes.values()].flatMap((keys) => [...keys.values()]).sort(byKey),
    }));
  return encodeIncrement({ metrics: merged }, measuresOf);
};

const mergeGroup = (
  into: MergedMetric,
  group: Group,
  measures: NonNullable<ReturnType<MeasuresOf>>,
): void => {
  const pane = into.panes.get(group.paneMs) ?? new Map<GroupKey, Group>();
  into.panes.set(group.paneMs, pane);
  const standing = pane.get(group.key);
  const states = standing ? mergeStates(measures, [...standing.states], group.states) : group.states;
  pane.set(group.key, { ...group, states });
};

export const addCounts = (counts: readonly LedgerCounts[]): LedgerCounts => {
  const rejected: Partial<Record<Reason, number>> = {};
  for (const one of counts) {
    for (const [reason, count] of Object.entries(one.rejected) as [Reason, number][]) {
      rejected[reason] = (rejected[reason] ?? 0) + count;
    }
  }
  const sum = (of: (one: LedgerCounts) => number): number =>
    counts.reduce((total, one) => total + of(one), 0);
  return {
    records: sum(({ records }) => records),
    events: sum(({ events }) => events),
    accepted: sum(({ accepted }) => accepted),
    duplicates: sum(({ duplicates }) => duplicates),
    rejected,
  };
};
