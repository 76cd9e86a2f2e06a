import { useRef } from "preact/hooks";
import { nowMs } from "../state/clock.js";
import { usePolled } from "../state/polled.js";
import { metrics, status } from "../state/server.js";
import type { SqlTables } from "./answers.js";
import type { SqlEditor } from "./createEditor.js";
import { Editor } from "./editor.js";
import { faultOffset } from "./faultOffset.js";
import { HistoryList } from "./historyList.js";
import { ResultCard } from "./resultCard.js";
import { result, run } from "./run.js";
import { type Starter, startersOf } from "./starters.js";
import { statement } from "./statement.js";
import { TableList } from "./tableList.js";

const TABLES_EVERY_MS = 30_000;

/** Only while the statement stands as it failed. */
const faultNow = (): number | null => {
  const { value } = result;
  return value.kind === "problem" && value.sql === statement.value.trim()
    ? faultOffset(value.sql, value.problem.detail)
    : null;
};

const startersNow = (tables: SqlTables | null): readonly Starter[] => {
  const newest = status.value?.newestEvent ?? null;
  return startersOf(
    tables?.tables ?? [],
    metrics.value ?? [],
    newest === null ? nowMs() : Date.parse(newest),
  );
};

export const SqlPage = () => {
  const tables = usePolled<SqlTables>("/v1/sql/tables", TABLES_EVERY_MS);
  const editor = useRef<SqlEditor | null>(null);
  const running = result.value.kind === "running";
  const openStatement = (text: string): void => {
    editor.current?.setText(text);
    editor.current?.focus();
  };
  return (
    <div class="page sql">
      <div class="sql-main">
        <section class="card" aria-label="Statement">
          <Editor
            known={tables.polled.value.answer}
            fault={faultNow()}
            run={() => void run()}
            editor={editor}
          />
          <div class="replay-buttons">
            <button
              type="button"
              class="primary"
              disabled={running || statement.value.trim() === ""}
              onClick={() => void run()}
            >
              Run
            </button>
            <span class="quiet small key-hints">
              <kbd>Ctrl</kbd> <kbd>Enter</kbd> runs it, <kbd>Ctrl</kbd> <kbd>Space</kbd> completes
            </span>
          </div>
        </section>
        <section class="card" aria-label="Result" aria-busy={running}>
          <ResultCard starters={startersNow(tables.polled.value.answer)} open={openStatement} />
        </section>
      </div>
      <div class="sql-side">
        <TableList polled={tables.polled.value} insert={(name) => editor.current?.insert(name)} />
        <HistoryList open={openStatement} />
      </div>
    </div>
  );
};
