import { Empty } from "../parts/states.js";
import { forgetStatements, statements } from "./statement.js";

/** Statements that were run in this browser; a press brings one back. */
export const HistoryList = ({ open }: { open: (text: string) => void }) => (
  <section class="card" aria-labelledby="history-title">
    <header class="card-head">
      <h2 id="history-title">Run before</h2>
      {statements.value.length > 0 && (
        <button type="button" class="link-button" onClick={forgetStatements}>
          Forget all
        </button>
      )}
    </header>
    {statements.value.length === 0 ? (
      <Empty title="Nothing yet">What you run is kept in this browser.</Empty>
    ) : (
      <ol class="sql-history">
        {statements.value.map((text) => (
          <li key={text}>
            <button type="button" onClick={() => open(text)} title={text}>
              <code>{text.replaceAll(/\s+/g, " ")}</code>
            </button>
          </li>
        ))}
      </ol>
    )}
  </section>
);
