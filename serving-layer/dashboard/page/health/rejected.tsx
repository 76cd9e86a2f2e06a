import type { StatusAnswer } from "../../../reader/reader.js";
import { Empty } from "../parts/states.js";
import { addressOf } from "../route/route.js";
import { wholeNumber } from "../text/format.js";
import { REASON_NAMES, REASON_WORDS } from "../text/reasons.js";

/** Events that could not be counted, by reason: each leads to its letters. */
export const Rejected = ({ status: { ledger } }: { status: StatusAnswer }) => {
  const counts = REASON_NAMES.map((reason) => ({ reason, count: ledger.rejected[reason] ?? 0 }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
  const most = counts[0]?.count ?? 1;
  const all = counts.reduce((sum, { count }) => sum + count, 0);
  return (
    <section class="card" aria-labelledby="rejected-title">
      <header class="card-head">
        <h2 id="rejected-title">Dead letters</h2>
        <span class="quiet">{wholeNumber(all)} events</span>
      </header>
      {counts.length === 0 ? (
        <Empty title="None">Every event could be counted.</Empty>
      ) : (
        <ul class="bars">
          {counts.map(({ reason, count }) => (
            <li key={reason}>
              <a href={addressOf("letters", new URLSearchParams({ reason }))}>{REASON_WORDS[reason].title}</a>
              <span class="bar" aria-hidden="true">
                <span style={{ width: `${(100 * count) / most}%` }} />
              </span>
              <span class="number">{wholeNumber(count)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
};
