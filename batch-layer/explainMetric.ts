import type { MetricDefinition, Schedule } from "@freshet/model";
import { bodyVersions } from "./run/metricsToKeep.js";
import { factsSql, factTable } from "./sql/facts.js";
import { metricSql } from "./sql/metric.js";

/**
 * The SQL that counts a metric from the beginning, for people to read: a run adds to the stored days by the same texts,
 * with the names of its own tables.
 */
export const explainMetric = (
  schedule: Schedule,
  metric: MetricDefinition,
): readonly { readonly title: string; readonly sql: string }[] => {
  const event = schedule.revisions
    .toReversed()
    .flatMap(({ app }) => (app.metrics.some(({ hash }) => hash === metric.hash) ? app.events : []))
    .find(({ name }) => name === metric.event);
  if (!event) return [];
  const facts = factTable("facts", event, [metric]);
  const source = {
    metric,
    facts,
    generation: null,
    parent: null,
    coupons: (column: string) => `coupons_of_${column}`,
    panes: "panes",
  };
  return [
    {
      title: "The expressions of each event that stands",
      sql: factsSql(facts, bodyVersions(schedule, event.name)),
    },
    { title: "The groups of each pane", sql: metricSql("counted", source) },
  ];
};
