import type { ComparedGenerations, ComparedMetric } from "@freshet/batch-layer";
import { table } from "./table.js";

const verdict = ({
  definitions: [first, second],
  onlyFirst,
  onlySecond,
  differing,
}: ComparedMetric): string => {
  if (first === null) return "new";
  if (second === null) return "gone";
  if (first !== second) return "changed";
  return onlyFirst + onlySecond + differing === 0 ? "the same" : "differs";
};

const totalsText = ({ totals }: ComparedMetric): string =>
  totals
    .filter(({ values: [first, second] }) => first !== second)
    .map(({ measure, values: [first, second] }) => `${measure} ${first} -> ${second}`)
    .join(", ");

/** What is not the same in two generations. */
export const comparedText = ({
  generations: [first, second],
  ledgers,
  metrics,
}: ComparedGenerations): string =>
  [
    `generation ${first}: ${ledgers[0].events} events, ${ledgers[0].accepted} accepted; generation ${second}: ${ledgers[1].events} events, ${ledgers[1].accepted} accepted`,
    table(
      [
        "metric",
        "verdict",
        `groups of ${first}`,
        `of ${second}`,
        `only ${first}`,
        `only ${second}`,
        "differing",
        "totals",
        "days",
      ],
      metrics.map((metric) => [
        metric.metric,
        verdict(metric),
        ...metric.groups,
        metric.onlyFirst,
        metric.onlySecond,
        metric.differing,
        totalsText(metric),
        metric.days.join(" "),
      ]),
    ),
  ].join("\n");
