import { useEffect, useRef } from "preact/hooks";
import { usePolled } from "../state/polled.js";
import { spokenDuration } from "../text/duration.js";
import { wholeNumber } from "../text/format.js";
import type { Generations } from "./answers.js";

const EVERY_MS = 10_000;

/** Each can be made to stand again by `freshet revert`. */
export const KeptGenerations = ({
  kept,
  standing,
  nowMs,
}: {
  kept: readonly number[];
  standing: number;
  nowMs: number;
}) => {
  const polling = usePolled<Generations>("/v1/generations", EVERY_MS);
  const { answer } = polling.polled.value;
  const asked = useRef(standing);
  useEffect(() => {
    if (asked.current !== standing) polling.again();
    asked.current = standing;
  }, [standing]);
  if (!answer) {
    return (
      <ul class="kept" aria-label="Kept generations">
        {kept.map((number) => (
          <li key={number} data-stands={number === standing || undefined}>
            {number}
            {number === standing && " stands"}
          </li>
        ))}
      </ul>
    );
  }
  return (
    <div class="table-scroll" role="region" aria-label="Kept generations" tabIndex={0}>
      <table class="shards">
        <thead>
          <tr>
            <th scope="col">Kept</th>
            <th scope="col">Made</th>
            <th scope="col" class="number">
              From
            </th>
            <th scope="col" class="number">
              Events
            </th>
            <th scope="col" class="number">
              Held back
            </th>
          </tr>
        </thead>
        <tbody>
          {answer.generations.map(({ generation, stands, created, parent, ledger, disagreements }) => (
            <tr key={generation}>
              <th scope="row">
                {generation} {stands && <span class="stands">stands</span>}
              </th>
              <td>{spokenDuration(Math.max(0, nowMs - Date.parse(created)))} ago</td>
              <td class="number">{parent ?? "–"}</td>
              <td class="number">{wholeNumber(ledger.events)}</td>
              <td class="number">{wholeNumber(disagreements)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};
