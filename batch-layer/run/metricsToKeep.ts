import type { EventDefinition, MetricDefinition, Schedule } from "@freshet/model";
import type { BodyVersion } from "../sql/facts.js";

export interface KeptMetric {
  readonly definition: MetricDefinition;
  /** As the newest revision that has the metric defines it. */
  readonly event: EventDefinition;
}

/**
 * The metrics that a generation holds: those of every revision that still folds segments after the cut, by hash.
 * Where revisions differ in what the hash leaves out, the newest counts.
 */
export const metricsToKeep = (schedule: Schedule, leastCutTick: number): readonly KeptMetric[] => {
  const kept = new Map<string, KeptMetric>();
  schedule.revisions.forEach(({ app }, index) => {
    const next = schedule.revisions[index + 1];
    if (next && next.fromTick <= leastCutTick) return;
    for (const definition of app.metrics) {
      const event = app.events.find((one) => one.name === definition.event);
      if (!event)
        throw new Error(
          `metric ${definition.name} is about ${definition.event}, which its app does not define`,
        );
      kept.set(definition.hash, { definition, event });
    }
  });
  return [...kept.values()].sort((a, b) => (a.definition.hash < b.definition.hash ? -1 : 1));
};

/** Which revisions wrote bodies of which version of an event: landing upcasts to the last version of its revision. */
export const bodyVersions = (schedule: Schedule, event: string): readonly BodyVersion[] => {
  const revisions = new Map<number, number[]>();
  for (const { revision, app } of schedule.revisions) {
    const version = app.events.find(({ name }) => name === event)?.versions.length;
    if (version !== undefined) revisions.set(version, [...(revisions.get(version) ?? []), revision]);
  }
  return [...revisions].map(([version, of]) => ({ version, revisions: of }));
};
