import { type Measure, type MetricDefinition, measureFor, ownApp, type Schedule } from "@freshet/model";
import { unknownName } from "./question/unknown.js";

/** A metric's definition with what computes it. */
export interface Metric {
  readonly definition: MetricDefinition;
  readonly measures: readonly Measure[];
}

/** Every definition that any app revision holds, and which of them answers to a name. */
export interface Catalog {
  /** Definitions of a name, the newest revision's first. @throws QuestionError for a name that the newest app has not. */
  named(name: string): readonly Metric[];
  byHash(hash: string): Metric | null;
  knows(revision: number): boolean;
  /** Whether the revision folds the definition. */
  folds(revision: number, hash: string): boolean;
  /** Of the newest app's metrics. */
  readonly names: readonly string[];
  readonly schedule: Schedule | null;
}

export const createCatalog = (schedule: Schedule | null): Catalog => {
  const revisions = schedule?.revisions ?? [];
  const app = revisions.at(-1)?.app;
  const newest = app ? ownApp(app).metrics : [];
  const byHash = new Map<string, Metric>();
  const foldedBy = new Map<number, ReadonlySet<string>>();
  // A trend is no part of the hash: the newest revision's stands.
  for (const { revision, app } of revisions) {
    foldedBy.set(revision, new Set(app.metrics.map(({ hash }) => hash)));
    for (const definition of app.metrics) {
      const measures = definition.measures.map(({ spec }) => measureFor(spec));
      byHash.set(definition.hash, { definition, measures });
    }
  }
  const named = new Map<string, Metric[]>();
  for (const { name } of newest) {
    const hashes = revisions
      .toReversed()
      .flatMap(({ app }) => app.metrics.filter((metric) => metric.name === name).map(({ hash }) => hash));
    named.set(
      name,
      [...new Set(hashes)].map((hash) => byHash.get(hash) as Metric),
    );
  }
  const names = [...named.keys()];
  return {
    named(name) {
      const found = named.get(name);
      if (found) return found;
      throw unknownName("unknown_metric", "metric", "metric", name, names);
    },
    byHash: (hash) => byHash.get(hash) ?? null,
    knows: (revision) => foldedBy.has(revision),
    folds: (revision, hash) => foldedBy.get(revision)?.has(hash) ?? false,
    names,
    schedule,
  };
};
