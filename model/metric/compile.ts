import type { AppDocument } from "../app.js";
import type { MeasureInput } from "../measure/measure.js";
import type { MetricDefinition } from "./definition.js";
import { createEmitter } from "./emitter.js";
import { compileBody, type EventRow, type LookupReader, ROW, type Value } from "./javascript.js";

/** A metric's expressions as JavaScript. A function of the event and the lookups alone. */
export interface CompiledMetric {
  readonly metric: MetricDefinition;
  /** Whether the metric counts the event: its type, and the metric's `where`. */
  accepts(row: EventRow & { readonly type: string }, lookup: LookupReader): boolean;
  /** One value a dimension, in the definition's order; instants as epoch milliseconds. */
  keyValues(row: EventRow, lookup: LookupReader): Value[];
  /** One a measure, in the definition's order; undefined where the measure's `where` is not true; 1 for count. */
  inputs(row: EventRow, lookup: LookupReader): (MeasureInput | undefined)[];
}

export const compileMetric = (metric: MetricDefinition): CompiledMetric => {
  const where = createEmitter(ROW);
  const condition = metric.where === null ? "true" : `${where.value(metric.where)} === true`;
  const accepts = compileBody<boolean>(where.lines, condition);
  return {
    metric,
    accepts: (row, lookup) => row.type === metric.event && accepts(row, lookup),
    keyValues: compileKey(metric),
    inputs: compileInputs(metric),
  };
};

const compileKey = ({ by }: MetricDefinition) => {
  const emitter = createEmitter(ROW);
  const values = by.map(({ expression }) => emitter.value(expression));
  return compileBody<Value[]>(emitter.lines, `[${values.join(", ")}]`);
};

const compileInputs = ({ measures }: MetricDefinition) => {
  const emitter = createEmitter(ROW);
  const values = measures.map(({ of, where }) => {
    const value = of === null ? "1" : emitter.value(of);
    return where === null ? value : `${emitter.value(where)} === true ? ${value} : undefined`;
  });
  return compileBody<(MeasureInput | undefined)[]>(emitter.lines, `[${values.join(", ")}]`);
};

/** All metrics of an app. */
export const compileMetrics = (app: AppDocument): readonly CompiledMetric[] => app.metrics.map(compileMetric);
