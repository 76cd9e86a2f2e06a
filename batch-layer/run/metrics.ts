import type { EpochMs, GenerationManifest, MetricFiles, Schedule } from "@freshet/model";
import type { DuckDb } from "@freshet/storage";
import type { FileTarget } from "../generation/files.js";
import type { Dialect } from "../sql/dialect.js";
import { DUCKDB } from "../sql/duckDb.js";
import { type FactRows, factsSql, type FactTable, factTable } from "../sql/facts.js";
import type { Coupons } from "./coupons.js";
import { writeMetric } from "./metricFiles.js";
import { bodyVersions, type KeptMetric } from "./metricsToKeep.js";
import { writeTrend } from "./trendFiles.js";

/** What of a metric the parent generation lacks. */
export interface Lacking {
  readonly files: boolean;
  readonly trend: boolean;
}

/** A metric whose definition is new is counted from the beginning; so is a trend that was added or is about another measure. */
export const lackingIn = (parent: GenerationManifest, { definition }: KeptMetric): Lacking => {
  const found = parent.metrics[definition.hash];
  if (!found) return { files: true, trend: definition.trend !== null };
  if (definition.trend === null) return { files: false, trend: false };
  const none = found.trend === null && found.files.length > 0;
  return { files: false, trend: none || (found.trend !== null && found.trend.on !== definition.trend.on) };
};

/** What can be counted on from the parent alone. */
export const withoutLacking = (
  parent: GenerationManifest,
  metrics: readonly KeptMetric[],
): readonly KeptMetric[] =>
  metrics.flatMap((metric) => {
    const lacking = lackingIn(parent, metric);
    if (lacking.files) return [];
    return lacking.trend ? [{ ...metric, definition: { ...metric.definition, trend: null } }] : [metric];
  });

/** The events of one type, and the metrics over them. */
export interface EventFacts {
  readonly facts: FactTable;
  readonly metrics: readonly KeptMetric[];
}

/** A table of facts for each event type that a metric is about, so that each expression is computed once. */
export const factsOfEvents = (
  metrics: readonly KeptMetric[],
  prefix: string,
  dialect: Dialect,
): readonly EventFacts[] => {
  const byEvent = new Map<string, KeptMetric[]>();
  for (const metric of metrics)
    byEvent.set(metric.event.name, [...(byEvent.get(metric.event.name) ?? []), metric]);
  return [...byEvent.values()].map((ofEvent, index) => {
    // revisions may differ in an event's versions: the longest history knows them all
    const event = ofEvent
      .map((one) => one.event)
      .reduce((a, b) => (b.versions.length > a.versions.length ? b : a));
    const facts = factTable(
      `${prefix}_${index}`,
      event,
      ofEvent.map(({ definition }) => definition),
      dialect,
    );
    return { facts, metrics: ofEvent };
  });
};

/** Makes these tables. */
export const makeFacts = async (
  db: DuckDb,
  metrics: readonly KeptMetric[],
  schedule: Schedule,
  from: FactRows & { readonly prefix: string },
): Promise<readonly EventFacts[]> => {
  const made = factsOfEvents(metrics, from.prefix, DUCKDB);
  for (const { facts } of made) await db.run(factsSql(facts, bodyVersions(schedule, facts.event.name), from));
  return made;
};

export interface MetricsRun {
  readonly facts: readonly EventFacts[];
  readonly coupons: Coupons;
  readonly generation: number;
  /** Null where everything is counted from the beginning. */
  readonly parent: GenerationManifest | null;
  readonly trendToExclusiveMs: EpochMs;
  readonly onMetric: (done: number) => void;
}

/** Counts every metric and its trend, and writes the files that changed. */
export const writeMetrics = async (
  target: FileTarget,
  { facts: all, coupons, generation, parent, trendToExclusiveMs, onMetric }: MetricsRun,
): Promise<Readonly<Record<string, MetricFiles>>> => {
  const written: [string, MetricFiles][] = [];
  for (const { facts, metrics } of all) {
    for (const kept of metrics) {
      const metric = kept.definition;
      const found = parent?.metrics[metric.hash];
      const lacking = parent === null ? { files: true, trend: true } : lackingIn(parent, kept);
      const common = { metric, facts, index: written.length, generation };
      const files = await writeMetric(
        target,
        { ...common, parent: lacking.files ? null : (found?.files ?? null) },
        coupons,
      );
      const parentTrend = lacking.trend ? null : (found?.trend ?? null);
      const trend =
        metric.trend &&
        (await writeTrend(target, { ...common, parent: parentTrend, toExclusiveMs: trendToExclusiveMs }));
      written.push([metric.hash, { name: metric.name, files, trend }]);
      onMetric(written.length);
    }
    await target.db.run(`DROP TABLE ${facts.table}`);
  }
  return Object.fromEntries(written);
};
