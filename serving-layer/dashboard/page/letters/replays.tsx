import type { Polled } from "../state/polled.js";
import { Empty, Shown } from "../parts/states.js";
import { wholeNumber } from "../text/format.js";
import { REASON_NAMES, REASON_WORDS } from "../text/reasons.js";
import type { Mend, Replay } from "./answers.js";
import { arrivalText } from "./times.js";

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

const mendText = (mend: unknown): string => {
  const { kind, fields } = mend as Mend & { fields?: readonly { readonly path: readonly string[] }[] };
  if (kind === "none") return "as they were";
  if (kind === "body") return "body edited";
  return `set ${(fields ?? []).map(({ path }) => path.join(".")).join(", ")}`;
};

/** A past replay's filter was kept as the store reads it, not as the page asks. */
const chosenText = (chosen: unknown): string => {
  if (!isRecord(chosen)) return "";
  if (chosen["kind"] === "places" && Array.isArray(chosen["places"]))
    return chosen["places"].length === 1 ? "one letter" : `${chosen["places"].length} chosen`;
  const filter = isRecord(chosen["filter"]) ? chosen["filter"] : {};
  const reason = REASON_NAMES.find((name) => name === filter["reason"]);
  const parts = [
    ...(reason === undefined ? [] : [REASON_WORDS[reason].title.toLowerCase()]),
    ...["type", "text"].flatMap((name) => (name in filter ? [`${name} ${String(filter[name])}`] : [])),
  ];
  return parts.length === 0 ? "all found" : `all found: ${parts.join(", ")}`;
};

const rejectedOf = ({ stillBad }: NonNullable<Replay["outcome"]>): number =>
  Object.values(stillBad).reduce((sum, count) => sum + count, 0);

const ReplayRow = ({ replay }: { replay: Replay }) => {
  const { at, who, outcome } = replay;
  return (
    <tr>
      <th scope="row">{arrivalText(at)}</th>
      <td>{who || "–"}</td>
      <td>{chosenText(replay.chosen)}</td>
      <td class="replay-mend">{mendText(replay.mend)}</td>
      {outcome ? (
        <>
          <td class="number">{wholeNumber(outcome.mended - outcome.notTaken)}</td>
          <td class="number">{wholeNumber(rejectedOf(outcome))}</td>
        </>
      ) : (
        <td class="number quiet" colSpan={2}>
          did not end
        </td>
      )}
    </tr>
  );
};

/** Who replayed what. */
export const Replays = ({ polled }: { polled: Polled<{ readonly replays: readonly Replay[] }> }) => (
  <section class="card" aria-labelledby="replays-title">
    <header class="card-head">
      <h2 id="replays-title">Past replays</h2>
    </header>
    <Shown polled={polled} rows={2}>
      {({ replays }) =>
        replays.length === 0 ? (
          <Empty title="None yet" />
        ) : (
          <div class="table-scroll" tabIndex={0} role="region" aria-labelledby="replays-title">
            <table>
              <thead>
                <tr>
                  <th scope="col">When</th>
                  <th scope="col">Who</th>
                  <th scope="col">Which</th>
                  <th scope="col">Mend</th>
                  <th scope="col" class="number">
                    Replayed
                  </th>
                  <th scope="col" class="number">
                    Still bad
                  </th>
                </tr>
              </thead>
              <tbody>
                {replays.map((replay) => (
                  <ReplayRow key={replay.id} replay={replay} />
                ))}
              </tbody>
            </table>
          </div>
        )
      }
    </Shown>
  </section>
);
