import { formatDuration, type MeasureDefinition, type MetricDefinition } from "@freshet/model";
import { expressionText } from "./expressionText.js";

const nameText = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

const optionsText = ({ spec, where }: MeasureDefinition): string => {
  const options = [
    ...(spec.kind === "countDistinct" ? [`lgK: ${spec.lgK}`] : []),
    ...(spec.kind === "quantiles"
      ? [`relativeError: ${spec.relativeError}`, `probabilities: ${JSON.stringify(spec.probabilities)}`]
      : []),
    ...(where ? [`where: ${expressionText(where)}`] : []),
  ];
  return options.length === 0 ? "" : `{ ${options.join(", ")} }`;
};

const measureText = (measure: MeasureDefinition): string => {
  const args = [...(measure.of ? [expressionText(measure.of)] : []), optionsText(measure)];
  return `${measure.spec.kind}(${args.filter((arg) => arg !== "").join(", ")})`;
};

const objectText = (entries: readonly (readonly [string, string])[]): string =>
  entries.length === 0
    ? "({})"
    : `({\n${entries.map(([name, text]) => `    ${nameText(name)}: ${text},\n`).join("")}  })`;

/** A metric as it is written in an app, with every default said. */
export const metricText = (metric: MetricDefinition): string => {
  const { name, event, where, by, measures, paneMs, timeZone, groupsMax, trend } = metric;
  const prior = trend?.prior ? `, prior: ${JSON.stringify(trend.prior)}` : "";
  const lines = [
    ...(where ? [`where: (e) => ${expressionText(where)},`] : []),
    `by: (e) => ${objectText(by.map((dimension) => [dimension.name, expressionText(dimension.expression)]))},`,
    `measures: (e) => ${objectText(measures.map((measure) => [measure.name, measureText(measure)]))},`,
    `pane: ${JSON.stringify(formatDuration(paneMs))},`,
    `timeZone: ${JSON.stringify(timeZone)},`,
    `groupsMax: ${groupsMax},`,
    ...(trend ? [`trend: { on: ${JSON.stringify(trend.on)}${prior} },`] : []),
  ];
  return `metric(${JSON.stringify(name)}, ${event}, {\n${lines.map((line) => `  ${line}\n`).join("")}})`;
};
