import type { AppDocument } from "./app.js";
import { canonicalJson } from "./canonicalJson.js";
import { fieldSchemaAt } from "./event/schemaAt.js";
import type { MetricDefinition } from "./metric/definition.js";
import { metricHash } from "./metric/hash.js";
import { fieldsRead, nodesOf } from "./metric/walk.js";

/** Older definitions of one name that are folded on, at most: of more, the oldest and the newest ones. */
const OUTGOING_MAX = 3;

/** The app as its author wrote it, without the definitions that are on their way out. */
export const ownApp = ({ outgoing, ...app }: AppDocument): AppDocument =>
  outgoing === undefined
    ? app
    : { ...app, metrics: app.metrics.filter(({ hash }) => !outgoing.includes(hash)) };

const expressionsOf = ({ where, by, measures }: MetricDefinition) =>
  [
    where,
    ...by.map(({ expression }) => expression),
    ...measures.flatMap((measure) => [measure.of, measure.where]),
  ].filter((expression) => expression !== null);

/** What an expression sees of a field. Whether a value is accepted is the event's matter. */
const shapeAt = (app: AppDocument, event: string, path: readonly string[]): string | null => {
  const schema = app.events.find(({ name }) => name === event)?.versions.at(-1)?.schema;
  const field = schema && fieldSchemaAt(schema, path);
  if (!field) return null;
  return canonicalJson({
    type: field.type,
    ...(field.type === "number" ? { scale: field.scale ?? null } : {}),
  });
};

/** Whether the metric's bytes would be the same over the events of another app. */
const foldsAlike = (metric: MetricDefinition, before: AppDocument, after: AppDocument): boolean => {
  const event = after.events.find(({ name }) => name === metric.event);
  if (!event || metricHash(metric, event) !== metric.hash) return false;
  const expressions = expressionsOf(metric);
  const lookups = new Set(after.lookups.map(({ name }) => name));
  return (
    expressions.every((one) =>
      [...nodesOf(one)].every((node) => node.kind !== "lookup" || lookups.has(node.lookup)),
    ) &&
    fieldsRead(expressions).every((path) => {
      const shape = shapeAt(before, metric.event, path);
      return shape !== null && shape === shapeAt(after, metric.event, path);
    })
  );
};

/**
 * The app with the definitions that it changes: each is folded beside its successor until that one is whole, so that a question by
 * name always has one that answers it. Left out is what the app's events or lookups no longer give.
 */
export const withOutgoing = (app: AppDocument, before: AppDocument): AppDocument => {
  const own = new Set(app.metrics.map(({ hash }) => hash));
  const outgoing = app.metrics.flatMap(({ name }) => {
    const older = before.metrics.filter(
      (metric) => metric.name === name && !own.has(metric.hash) && foldsAlike(metric, before, app),
    );
    return older.length <= OUTGOING_MAX ? older : [...older.slice(0, OUTGOING_MAX - 1), ...older.slice(-1)];
  });
  if (outgoing.length === 0) return app;
  return { ...app, metrics: [...app.metrics, ...outgoing], outgoing: outgoing.map(({ hash }) => hash) };
};

/** The app without some of the definitions that are on their way out. */
export const withoutOutgoing = (app: AppDocument, gone: ReadonlySet<string>): AppDocument => {
  const left = (app.outgoing ?? []).filter((hash) => !gone.has(hash));
  const own = ownApp(app);
  if (left.length === 0) return own;
  const kept = app.metrics.filter(({ hash }) => left.includes(hash));
  return { ...own, metrics: [...own.metrics, ...kept], outgoing: left };
};
