import type { DriftCause } from "@freshet/model";
import { usePolled } from "../state/polled.js";
import { metrics } from "../state/server.js";
import { wholeNumber } from "../text/format.js";
import type { Drift } from "./answers.js";

const EVERY_MS = 15_000;
const CAUSES: Readonly<Record<DriftCause, string>> = {
  far_duplicate: "far duplicates",
  cross_shard_duplicate: "duplicates of another shard",
  conflict: "conflicts",
  overflow: "groups without a name",
  written_off: "written off",
  defect: "defects",
};

const amountText = (drift: number | string): string => {
  const amount = BigInt(drift);
  return `${amount > 0n ? "+" : ""}${amount.toLocaleString("en-US")}`;
};

const causesText = (causes: Readonly<Record<string, unknown>>): string =>
  Object.entries(CAUSES)
    .flatMap(([cause, words]) => (cause in causes ? [`${String(causes[cause])} ${words}`] : []))
    .join(" · ");

/** A total that live and batch count differently, by measure. */
const amountsText = ({ total }: Drift): string =>
  total.measures
    .flatMap((measure) =>
      measure.kind === "amount" && BigInt(measure.drift) !== 0n
        ? [`${measure.measure} ${amountText(measure.drift)}`]
        : [],
    )
    .join(" · ");

const Compared = ({ drift }: { drift: Drift }) => {
  const { groups, late, unknown } = drift.total;
  const defects = groups.causes["defect"] ?? 0;
  return (
    <>
      <td class="number">{wholeNumber(groups.compared)}</td>
      <td class="number">
        <span class={defects > 0 ? "lag lag-late" : groups.differing === 0 ? "lag" : ""}>
          {wholeNumber(groups.differing)}
        </span>
      </td>
      <td class="drift-words">
        {[amountsText(drift), causesText(groups.causes)].filter((text) => text !== "").join("; ") || "none"}
      </td>
      <td class="number">{wholeNumber(late)}</td>
      <td class="number">{wholeNumber(unknown)}</td>
    </>
  );
};

const MetricRow = ({ metric }: { metric: string }) => {
  const { answer, problem } = usePolled<Drift>(`/v1/metrics/${encodeURIComponent(metric)}/drift`, EVERY_MS)
    .polled.value;
  return (
    <tr>
      <th scope="row">{metric}</th>
      {answer && answer.since !== null ? (
        <Compared drift={answer} />
      ) : (
        <td colSpan={5} class="quiet">
          {problem ? problem.detail : answer ? "Batch has not compared anything yet." : "…"}
        </td>
      )}
    </tr>
  );
};

/** What live had said against what settled says of the same events, in the last day. */
export const DriftCard = () => {
  const names = (metrics.value ?? []).map(({ name }) => name);
  if (names.length === 0) return null;
  return (
    <section class="card wide" aria-labelledby="drift-title">
      <header class="card-head">
        <div>
          <h2 id="drift-title">Drift</h2>
          <p class="quiet">
            What live had said against what settled says of the same events, in the last day.
          </p>
        </div>
      </header>
      <div class="table-scroll hours-scroll" role="region" aria-labelledby="drift-title" tabIndex={0}>
        <table class="shards">
          <thead>
            <tr>
              <th scope="col">Metric</th>
              <th scope="col" class="number" title="A pane and key each">
                Groups compared
              </th>
              <th scope="col" class="number">
                Differing
              </th>
              <th scope="col" class="drift-words">
                Drift and its causes
              </th>
              <th
                scope="col"
                class="number"
                title="Events of panes that were settled before they came: no drift"
              >
                Late
              </th>
              <th
                scope="col"
                class="number"
                title="Events whose increment was gone when it was to be compared"
              >
                Unknown
              </th>
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <MetricRow key={name} metric={name} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
};
