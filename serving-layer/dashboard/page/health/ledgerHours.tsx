import { Empty, Shown } from "../parts/states.js";
import type { Polled } from "../state/polled.js";
import { momentText, wholeNumber } from "../text/format.js";
import type { Hour, LedgerByHour } from "./answers.js";

const rejectedOf = ({ rejected }: Hour["live"]): number =>
  Object.values(rejected).reduce((sum, count) => sum + count, 0);

const balances = ({ live, settled, pending }: Hour): boolean =>
  live.balances && settled.balances && pending >= 0;

const HourRow = ({ hour, most, nowMs }: { hour: Hour; most: number; nowMs: number }) => {
  const { live, settled, pending } = hour;
  const good = balances(hour);
  return (
    <tr>
      <th scope="row">{momentText(hour.time, nowMs)}</th>
      <td class="hour-bar-cell">
        <span class="bar bar-events" aria-hidden="true">
          <span style={{ width: `${(100 * live.events) / most}%` }} />
        </span>
      </td>
      <td class="number">{wholeNumber(live.events)}</td>
      <td class="number">{wholeNumber(settled.events)}</td>
      <td class="number">{wholeNumber(settled.accepted)}</td>
      <td class="number">{wholeNumber(settled.duplicates)}</td>
      <td class="number">{wholeNumber(rejectedOf(settled))}</td>
      <td class="number">{wholeNumber(pending)}</td>
      <td class="number">
        <span class={good ? "lag" : "lag lag-late"}>{good ? "✓ balances" : "! does not"}</span>
      </td>
    </tr>
  );
};

/** The books of both tiers by hour of arrival, the newest first. */
export const LedgerHours = ({ polled, nowMs }: { polled: Polled<LedgerByHour>; nowMs: number }) => (
  <section class="card wide" aria-labelledby="hours-title">
    <header class="card-head">
      <div>
        <h2 id="hours-title">Ledger by hour</h2>
        <p class="quiet">Of arrival, in the last day: what live counted, and what batch settled of it.</p>
      </div>
    </header>
    <Shown polled={polled} rows={4}>
      {({ hours, since }) =>
        hours.length === 0 ? (
          <Empty title="Nothing by hour yet">
            {since === null ? "The first batch run begins these books." : "Nothing arrived in the last day."}
          </Empty>
        ) : (
          <div class="table-scroll hours-scroll" role="region" aria-labelledby="hours-title" tabIndex={0}>
            <table class="shards">
              <thead>
                <tr>
                  <th scope="col">Hour</th>
                  <th scope="col" colSpan={2} class="number">
                    Live events
                  </th>
                  <th scope="col" class="number">
                    Settled
                  </th>
                  <th scope="col" class="number">
                    Accepted
                  </th>
                  <th scope="col" class="number">
                    Duplicates
                  </th>
                  <th scope="col" class="number">
                    Rejected
                  </th>
                  <th scope="col" class="number" title="Events that batch has yet to count">
                    Pending
                  </th>
                  <th scope="col" class="number">
                    Books
                  </th>
                </tr>
              </thead>
              <tbody>
                {hours.toReversed().map((hour) => (
                  <HourRow
                    key={hour.time}
                    hour={hour}
                    most={Math.max(1, ...hours.map(({ live }) => live.events))}
                    nowMs={nowMs}
                  />
                ))}
              </tbody>
            </table>
          </div>
        )
      }
    </Shown>
  </section>
);
