import { DRIFT_CAUSES, type DriftCause, type EpochMs, type MetricDefinition, nextPane } from "@freshet/model";
import { comparedMeasures } from "./additive.js";
import { type ComparedStates, comparePane, type SettledSide } from "./comparison.js";
import type { LiveSide } from "./liveSide.js";
import { shareOf } from "./sample.js";
import type { PartAmounts } from "./settledSide.js";

/** A row of the table `drift`; integers as text, which holds what no number does. */
export interface DriftRow {
  readonly pane: EpochMs;
  readonly measure: string | null;
  readonly live: string | null;
  readonly settled: string | null;
  readonly compared: number | null;
  readonly differing: number | null;
  readonly late: number | null;
  readonly unknown: number | null;
  readonly share: number;
  readonly causes: Readonly<Partial<Record<DriftCause, string>>>;
}

export interface DriftInput {
  readonly metric: MetricDefinition;
  readonly live: LiveSide;
  readonly settled: SettledSide;
  /** Events that stand, by the class of their segment. */
  readonly standing: readonly PartAmounts[];
  /** Events that live counted beyond them, by cause. */
  readonly beyond: readonly PartAmounts[];
  /** What lay before was settled when the run began. */
  readonly settledBeforeMs: number;
}

const EMPTY = { live: null, settled: null, compared: null, differing: null, late: null, unknown: null };

const statesColumns = ({ compared, differing, causes }: ComparedStates) => ({
  compared,
  differing,
  causes: Object.fromEntries(Object.entries(causes).map(([cause, groups]) => [cause, String(groups)])),
});

const byPane = (parts: readonly PartAmounts[]): ReadonlyMap<EpochMs, ReadonlyMap<string, PartAmounts>> => {
  const panes = new Map<EpochMs, Map<string, PartAmounts>>();
  for (const part of parts) panes.set(part.pane, (panes.get(part.pane) ?? new Map()).set(part.part, part));
  return panes;
};

const amountColumns = (amounts: {
  readonly live: Readonly<Record<"compared" | "written_off", bigint>>;
  readonly settled: Readonly<Record<"compared" | "written_off", bigint>>;
  readonly beyond: (cause: DriftCause) => bigint;
}): Pick<DriftRow, "live" | "settled" | "causes"> => {
  const { live, settled } = amounts;
  const causes = new Map(DRIFT_CAUSES.map((cause) => [cause, amounts.beyond(cause)]));
  const explained = [...causes.values()].reduce((sum, one) => sum + one, 0n);
  causes.set("defect", live.compared - settled.compared - explained);
  causes.set("written_off", live.written_off - settled.written_off);
  return {
    live: String(live.compared + live.written_off),
    settled: String(settled.compared + settled.written_off),
    causes: Object.fromEntries(
      [...causes].flatMap(([cause, sum]) => (sum === 0n ? [] : [[cause, String(sum)]])),
    ),
  };
};

/** What one run found of one metric, pane by pane. */
export const driftRows = (input: DriftInput): readonly DriftRow[] => {
  const { metric, live, settled } = input;
  const { additive, others } = comparedMeasures(metric);
  const standing = byPane(input.standing);
  const beyond = byPane(input.beyond);
  const share = shareOf(live.sample);
  const panes = new Set([
    ...live.amounts.compared.keys(),
    ...live.amounts.written_off.keys(),
    ...standing.keys(),
    ...beyond.keys(),
  ]);
  return [...panes]
    .sort((a, b) => a - b)
    .flatMap((pane): DriftRow[] => {
      const parts = standing.get(pane);
      const compared = comparePane(live, settled, pane);
      const events = [...(parts?.values() ?? [])].reduce((sum, part) => sum + part.events, 0);
      const settledBefore = nextPane(pane, metric.paneMs, metric.timeZone) <= input.settledBeforeMs;
      const row = { ...EMPTY, pane, share };
      return [
        {
          ...row,
          measure: null,
          ...statesColumns(compared.groups),
          late: settledBefore ? events : 0,
          unknown: parts?.get("unknown")?.events ?? 0,
        },
        ...additive.map(({ measure }, place) => {
          const of = (side: "compared" | "written_off") => ({
            live: live.amounts[side].get(pane)?.[place] ?? 0n,
            settled: parts?.get(side)?.totals[place] ?? 0n,
          });
          const [whole, lost] = [of("compared"), of("written_off")];
          return {
            ...row,
            measure: measure.name,
            ...amountColumns({
              live: { compared: whole.live, written_off: lost.live },
              settled: { compared: whole.settled, written_off: lost.settled },
              beyond: (cause) => beyond.get(pane)?.get(cause)?.totals[place] ?? 0n,
            }),
          };
        }),
        ...others.map(({ measure, index }) => ({
          ...row,
          measure: measure.name,
          ...statesColumns(compared.measures[index] as ComparedStates),
        })),
      ];
    });
};
