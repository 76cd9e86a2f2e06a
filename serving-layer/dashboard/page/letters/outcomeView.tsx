import { Refused } from "../parts/states.js";
import { momentText, wholeNumber } from "../text/format.js";
import { REASON_WORDS } from "../text/reasons.js";
import type { Outcome } from "./answers.js";
import type { Tried } from "./useReplay.js";

const Effect = ({ effect }: { effect: Outcome["effect"] }) => (
  <div class="table-scroll" role="region" aria-label="What it adds to the metrics" tabIndex={0}>
    <table class="effect">
      <thead>
        <tr>
          <th scope="col">Metric</th>
          <th scope="col" class="number">
            Events
          </th>
          <th scope="col" class="number">
            Groups
          </th>
          <th scope="col">From</th>
          <th scope="col">To</th>
        </tr>
      </thead>
      <tbody>
        {effect.map(({ metric, events, groups, from, to }) => (
          <tr key={metric}>
            <th scope="row">{metric}</th>
            <td class="number">+{wholeNumber(events)}</td>
            <td class="number">{wholeNumber(groups)}</td>
            <td>{momentText(from, 0)}</td>
            <td>{momentText(to, 0)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const Count = ({ count, kind, children }: { count: number; kind: string; children: string }) =>
  count === 0 ? null : (
    <li class={`count count-${kind}`}>
      <strong>{wholeNumber(count)}</strong> {children}
    </li>
  );

/** One of each: many letters are wrong in the same way. */
const distinct = (samples: Outcome["samples"]): Outcome["samples"] => [
  ...new Map(samples.map((sample) => [`${sample.reason} ${sample.detail}`, sample])).values(),
];

const Answer = ({ outcome, dryRun }: { outcome: Outcome; dryRun: boolean }) => {
  const { letters, mended, replayedBefore, notTaken, samples, effect } = outcome;
  const bad = Object.values(outcome.stillBad).reduce((sum, count) => sum + count, 0);
  return (
    <div class="outcome">
      <ul class="counts" aria-label={dryRun ? "The dry run says" : "The replay did"}>
        <Count count={mended - notTaken} kind="good">
          {dryRun ? "would be counted" : "are in the log again"}
        </Count>
        <Count count={bad} kind="bad">
          stay rejected
        </Count>
        <Count count={notTaken} kind="bad">
          were not taken by the log: try again
        </Count>
        <Count count={replayedBefore} kind="quiet">
          were replayed before
        </Count>
        {letters === 0 && <li class="quiet">No letter is so.</li>}
      </ul>
      {samples.length > 0 && (
        <ul class="samples" aria-label="Why some stay rejected">
          {distinct(samples).map(({ place, reason, detail }) => (
            <li key={place}>
              <span class="reason">{REASON_WORDS[reason].title}</span> {detail}
            </li>
          ))}
        </ul>
      )}
      {effect.length > 0 && <Effect effect={effect} />}
      {mended > 0 && effect.length === 0 && <p class="quiet small">No metric counts them.</p>}
    </div>
  );
};

/** What a dry run or a replay came to, or why it was refused. */
export const OutcomeView = ({ tried: { result, dryRun } }: { tried: Tried }) => {
  switch (result.kind) {
    case "answer":
      return <Answer outcome={result.answer} dryRun={dryRun} />;
    case "problem":
      return <Refused problem={result.problem} />;
    case "unreachable":
      return (
        <p class="alarm" role="alert">
          {dryRun
            ? "The server does not answer. Nothing was sent; try again when it is back."
            : "The server did not answer. What it took before is noted: a dry run says what is left, and nothing counts twice."}
        </p>
      );
  }
};
