import type { MetricDefinition, Schedule } from "@freshet/model";
import { metricText } from "./metricText.js";

/** A statement that batch counts a metric with, for people to read. */
export interface MetricSql {
  readonly title: string;
  readonly sql: string;
}

/** Makes the SQL of a metric; the batch layer knows it. */
export type ExplainMetric = (schedule: Schedule, metric: MetricDefinition) => readonly MetricSql[];

export interface MetricVersion {
  readonly hash: string;
  /** App revisions that define the metric so. */
  readonly revisions: readonly number[];
  /** As it is written in an app, with every default said. */
  readonly text: string;
  readonly document: MetricDefinition;
  readonly sql: readonly MetricSql[];
}

export interface DefinitionAnswer {
  readonly metric: string;
  /** The newest first. Equal hashes count alike, so that nothing is counted anew. */
  readonly versions: readonly MetricVersion[];
}

/** Every definition that a metric's name had; null for a name that no revision has. */
export const definitionAnswer = (
  schedule: Schedule | null,
  metric: string,
  explain: ExplainMetric,
): DefinitionAnswer | null => {
  const versions = new Map<string, { definition: MetricDefinition; revisions: number[] }>();
  for (const { revision, app } of schedule?.revisions ?? []) {
    const definition = app.metrics.find(({ name }) => name === metric);
    if (!definition) continue;
    const standing = versions.get(definition.hash);
    // A trend is no part of the hash: the newest revision's stands.
    versions.delete(definition.hash);
    versions.set(definition.hash, { definition, revisions: [...(standing?.revisions ?? []), revision] });
  }
  if (schedule === null || versions.size === 0) return null;
  return {
    metric,
    versions: [...versions].reverse().map(([hash, { definition, revisions }]) => ({
      hash,
      revisions,
      text: metricText(definition),
      document: definition,
      sql: explain(schedule, definition),
    })),
  };
};
