import type { EpochMs, GenerationManifest, MetricFiles, Schedule } from "@freshet/model";
import type { FileTarget } from "../generation/files.js";
import { factsSql, factTable } from "../sql/facts.js";
import { createCoupons } from "./coupons.js";
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

export interface MetricsRun {
  readonly metrics: readonly KeptMetric[];
  readonly schedule: Schedule;
  readonly generation: number;
  /** Null where everything is counted from the beginning. */
  readonly parent: GenerationManifest | null;
  readonly trendToExclusiveMs: EpochMs;
  readonly onMetric: (done: number, of: number) => void;
}

/** Counts the standing events for every metric, by event type, so that each expression is computed once. */
export const writeMetrics = async (
  target: FileTarget,
  run: MetricsRun,
): Promise<Readonly<Record<string, MetricFiles>>> => {
  const { metrics, generation, parent } = run;
  const coupons = createCoupons(target.db);
  const written: [string, MetricFiles][] = [];
  const byEvent = new Map<string, KeptMetric[]>();
  for (const metric of metrics) byEvent.set(metric.event.name, [...(byEvent.get(metric.event.name) ?? []), metric]);
  let tables = 0;
  for (const [eventName, ofEvent] of byEvent) {
    // revisions may differ in an event's versions: the longest history knows them all
    const event = ofEvent.map((one) => one.event).reduce((a, b) => (b.versions.length > a.versions.length ? b : a));
    const facts = factTable(`facts_${tables++}`, event, ofEvent.map(({ definition }) => definition));
    await target.db.run(factsSql(facts, bodyVersions(run.schedule, eventName)));
    for (const metric of ofEvent) {
      const { definition } = metric;
      const lacking = parent === null ? { files: true, trend: true } : lackingIn(parent, metric);
      const found = parent?.metrics[definition.hash];
      const common = { metric: definition, facts, index: written.length, generation };
      const files = await writeMetric(target, { ...common, parent: lacking.files ? null : (found?.files ?? null) }, coupons);
      const trend =
        definition.trend === null
          ? null
          : await writeTrend(target, {
              ...common,
              parent: lacking.trend ? null : (found?.trend ?? null),
              toExclusiveMs: run.trendToExclusiveMs,
            });
      written.push([definition.hash, { name: definition.name, files, trend }]);
      run.onMetric(written.length, metrics.length);
    }
    await target.db.run(`DROP TABLE ${facts.table}`);
  }
  return Object.fromEntries(written);
};
