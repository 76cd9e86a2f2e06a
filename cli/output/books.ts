import type { DriftAnswer, LedgerAnswer } from "@freshet/serving-layer";
import { table } from "./table.js";

type Causes = DriftAnswer["total"]["groups"]["causes"];

const causesText = (causes: Causes | Readonly<Record<string, number | string>>): string =>
  Object.entries(causes)
    .map(([cause, count]) => `${cause} ${String(count)}`)
    .join(", ");

type Row = readonly (string | number | null)[];

const rowsOf = (time: string, compared: DriftAnswer["total"]): readonly Row[] => [
  [
    time,
    "(groups)",
    compared.groups.compared,
    null,
    compared.groups.differing,
    causesText(compared.groups.causes),
  ],
  ...compared.measures.map((measure): Row => {
    const causes = causesText(measure.causes);
    return measure.kind === "amount"
      ? [time, measure.measure, measure.live, measure.settled, measure.drift, causes]
      : [time, measure.measure, measure.compared, null, measure.differing, causes];
  }),
];

/** Panes without any difference are left out. */
export const driftText = (answer: DriftAnswer): string => {
  const { metric, covers, since, generation, total, panes, share, unread } = answer;
  if (since === null) return "Nothing was compared yet: the next batch run that publishes does it.";
  const drifted = panes.filter(({ groups }) => groups.differing > 0);
  const notes = [
    `${metric} from ${covers.from} to ${covers.to}, compared by generations ${since} to ${generation ?? "none"}`,
    ...(share < 1 ? [`of some panes a sample of the groups was compared: at least 1 in ${1 / share}`] : []),
    ...(total.late > 0 ? [`${total.late} events came after their pane was settled: late, and no drift`] : []),
    ...(total.unknown > 0 ? [`${total.unknown} events were not compared`] : []),
    ...unread.map(
      ({ generation: by, segments, detail }) =>
        `generation ${by} could not read ${segments} segments: ${detail}`,
    ),
  ];
  const head = ["pane", "measure", "live", "settled", "drift", "causes"];
  const rows = [...rowsOf("(all)", total), ...drifted.flatMap((pane) => rowsOf(pane.time, pane))];
  return [...notes, table(head, rows)].join("\n");
};

const sumOf = (rejected: Readonly<Record<string, number>>): number =>
  Object.values(rejected).reduce((sum, count) => sum + count, 0);

export const ledgerHoursText = ({ hours, step }: LedgerAnswer): string => {
  if (hours.length === 0) return "Nothing arrived in these hours.";
  const rows = hours.flatMap(({ time, live, settled, pending }): Row[] => [
    [
      time,
      "live",
      live.events,
      live.accepted,
      live.duplicates,
      sumOf(live.rejected),
      live.balances ? "yes" : "NO",
      pending,
    ],
    [
      time,
      "batch",
      settled.events,
      settled.accepted,
      settled.duplicates,
      sumOf(settled.rejected),
      settled.balances ? "yes" : "NO",
      null,
    ],
  ]);
  const head = [
    `arrived (${step})`,
    "tier",
    "events",
    "accepted",
    "duplicates",
    "rejected",
    "balances",
    "pending",
  ];
  return table(head, rows);
};
