import type { Ledger } from "@freshet/model";
import type { StatusAnswer } from "../../../reader/reader.js";
import { wholeNumber } from "../text/format.js";

const rejectedOf = ({ rejected }: Ledger): number =>
  Object.values(rejected).reduce((sum, count) => sum + count, 0);

const share = (part: number, whole: number): string => `${whole === 0 ? 0 : (100 * part) / whole}%`;

const Term = ({ name, count, kind }: { name: string; count: number; kind: string }) => (
  <div class="term">
    <dt>
      <span class={`dot dot-${kind}`} aria-hidden="true" />
      {name}
    </dt>
    <dd>{wholeNumber(count)}</dd>
  </div>
);

/** The ledger as an equation that either holds or does not. */
export const Books = ({ status }: { status: StatusAnswer }) => {
  const { ledger, settledLedger, disagreements } = status;
  const rejected = rejectedOf(ledger);
  const balances =
    ledger.events === ledger.accepted + ledger.duplicates + rejected && disagreements.length === 0;
  return (
    <section class="card" aria-labelledby="books-title">
      <header class="card-head">
        <h2 id="books-title">Ledger</h2>
        <span class={balances ? "verdict verdict-good" : "verdict verdict-bad"}>
          <span aria-hidden="true">{balances ? "✓" : "!"}</span> {balances ? "balances" : "does not balance"}
        </span>
      </header>
      <p class="total">
        {wholeNumber(ledger.events)} <span class="quiet">events</span>
      </p>
      <div class="stack" aria-hidden="true">
        <span class="stack-accepted" style={{ width: share(ledger.accepted, ledger.events) }} />
        <span class="stack-duplicates" style={{ width: share(ledger.duplicates, ledger.events) }} />
        <span class="stack-rejected" style={{ width: share(rejected, ledger.events) }} />
      </div>
      <dl class="terms">
        <Term name="accepted" count={ledger.accepted} kind="accepted" />
        <Term name="duplicates" count={ledger.duplicates} kind="duplicates" />
        <Term name="rejected" count={rejected} kind="rejected" />
      </dl>
      <p class="quiet small">
        {wholeNumber(settledLedger.events)} settled by batch,{" "}
        {wholeNumber(Math.max(0, ledger.events - settledLedger.events))} live
      </p>
    </section>
  );
};
