import { type Measure, measureFor, type MetricDefinition } from "@freshet/model";
import type { MetricColumns } from "./columns.js";
import { evaluationOf, type Run } from "./evaluation.js";
import type { FieldReads } from "./fields.js";
import { createSelection, inputOf } from "./inputs.js";
import { createKeys } from "./keys.js";
import { createPanes } from "./panes.js";

/** Makes a metric's columns; `ofType` is 1 for the readable events of its type. */
export type MetricScan = (run: Run, ofType: Uint8Array) => MetricColumns;

export const createMetricScan = (metric: MetricDefinition, reads: FieldReads): MetricScan => {
  const { hash, event, groupsMax } = metric;
  const measures: readonly Measure[] = metric.measures.map(({ spec }) => measureFor(spec));
  const accepted = metric.where === null ? null : createSelection(evaluationOf(metric.where, event, reads));
  const dimensions = metric.by.map(({ expression }) => evaluationOf(expression, event, reads));
  const inputs = metric.measures.map((measure) => inputOf(measure, event, reads));
  const panes = createPanes(metric);
  const keys = createKeys();
  return (run, ofType) => {
    const counted = accepted === null ? ofType : accepted(run, ofType);
    const values = dimensions.map((evaluate) => evaluate(run, counted));
    return {
      definition: hash,
      measures,
      groupsMax,
      counted,
      panesMs: panes(run.events, counted),
      keys: keys(run.slices.bytes, run.events.count, counted, values),
      inputs: inputs.map((input) => input(run, counted)),
    };
  };
};
