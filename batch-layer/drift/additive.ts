import type { MeasureDefinition, MetricDefinition } from "@freshet/model";

/** Whether a measure's values add up over groups. */
const isAdditive = ({ spec: { kind } }: MeasureDefinition): boolean => kind === "count" || kind === "sum";

/** A metric's measures by how they are compared, each with its place in the definition. */
export interface ComparedMeasures {
  readonly additive: readonly { readonly measure: MeasureDefinition; readonly index: number }[];
  readonly others: readonly { readonly measure: MeasureDefinition; readonly index: number }[];
}

export const comparedMeasures = ({ measures }: MetricDefinition): ComparedMeasures => {
  const placed = measures.map((measure, index) => ({ measure, index }));
  return {
    additive: placed.filter(({ measure }) => isAdditive(measure)),
    others: placed.filter(({ measure }) => !isAdditive(measure)),
  };
};
