import { type Measure, measureFor, type MetricDefinition } from "@freshet/model";
import type { MetricColumns } from "./columns.js";
import { evaluationOf, type Run } from "./evaluation.js";
import type { FieldReads } from "./fields.js";
import { inputOf } from "./inputs.js";
import { createKeys } from "./keys.js";
import { createPanes } from "./panes.js";
import { createFilter, type FlaggedSelection } from "./selection.js";

/** Makes a metric's columns of the readable events of its type. */
export type MetricScan = (run: Run, ofType: FlaggedSelection) => MetricColumns;

export const createMetricScan = (metric: MetricDefinition, reads: FieldReads): MetricScan => {
  const { hash, event, groupsMax } = metric;
  const measures: readonly Measure[] = metric.measures.map(({ spec }) => measureFor(spec));
  const filter = metric.where === null ? null : createFilter(evaluationOf(metric.where, event, reads));
  const dimensions = metric.by.map(({ expression }) => evaluationOf(expression, event, reads));
  const inputs = metric.measures.map((measure) => inputOf(measure, event, reads));
  const panes = createPanes(metric);
  const keys = createKeys();
  return (run, ofType) => {
    const { slices, events } = run;
    const counted = filter === null ? ofType : filter(run, ofType);
    const values = dimensions.map((evaluate) => evaluate(run, counted));
    return {
      definition: hash,
      measures,
      groupsMax,
      counted: counted.flags,
      panesMs: panes(events, counted),
      keys: keys(slices.bytes, events.count, counted, values),
      inputs: inputs.map((input) => input(run, counted)),
    };
  };
};
