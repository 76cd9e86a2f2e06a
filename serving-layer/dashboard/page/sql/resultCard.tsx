import { useMemo, useState } from "preact/hooks";
import { Empty, Gone } from "../parts/states.js";
import { StatusChip } from "../parts/statusChip.js";
import type { Problem } from "../net/ask.js";
import { clock } from "../state/clock.js";
import { spokenDuration } from "../text/duration.js";
import { wholeNumber } from "../text/format.js";
import { DOWNLOADS, type SqlAnswer } from "./answers.js";
import { chartData } from "./chartData.js";
import { ResultChart } from "./resultChart.js";
import { ResultTable } from "./resultTable.js";
import { download, result, stopRun } from "./run.js";

const tookText = (ms: number): string => (ms < 1_000 ? `${Math.round(ms)} ms` : spokenDuration(ms));

const Downloads = ({ sql }: { sql: string }) => {
  const [trouble, setTrouble] = useState<Problem | "unreachable" | null>(null);
  return (
    <div class="downloads">
      <span class="quiet small" id="download-label">
        Download
      </span>
      <span role="group" aria-labelledby="download-label" class="download-buttons">
        {DOWNLOADS.map((format) => (
          <button
            key={format}
            type="button"
            class="button"
            onClick={() => void download(sql, format).then(setTrouble)}
          >
            {format === "parquet" ? "Parquet" : format.toUpperCase()}
          </button>
        ))}
      </span>
      {trouble && (
        <p class="alarm" role="alert">
          {trouble === "unreachable" ? "The server does not answer." : trouble.detail}
        </p>
      )}
    </div>
  );
};

const Answer = ({ answer, sql }: { answer: SqlAnswer; sql: string }) => {
  const data = useMemo(() => chartData(answer), [answer]);
  const { rows, truncated, status, missing, elapsedMs } = answer;
  return (
    <>
      <header class="card-head result-head">
        <div>
          <h2>
            {wholeNumber(rows.length)} {rows.length === 1 ? "row" : "rows"}
          </h2>
          <p class="quiet">
            in {tookText(elapsedMs)}
            {truncated && ". There are more: a LIMIT or an aggregate makes them fit."}
          </p>
        </div>
        <div class="result-end">
          <Downloads key={sql} sql={sql} />
          {status && <StatusChip status={status} missing={missing} />}
        </div>
      </header>
      {data && <ResultChart data={data} />}
      {rows.length === 0 ? (
        <Empty title="No rows">The statement ran, and nothing is so.</Empty>
      ) : (
        <ResultTable answer={answer} />
      )}
    </>
  );
};

/** What the last statement came to. */
export const ResultCard = () => {
  const { value } = result;
  switch (value.kind) {
    case "none":
      return (
        <Empty title="Nothing was run yet">
          <kbd>Ctrl</kbd> <kbd>Enter</kbd> runs the statement. It only reads: nothing can be changed here.
        </Empty>
      );
    case "running":
      return (
        <div class="state">
          <p class="state-title">Running, {spokenDuration(Math.max(0, clock.value - value.sinceMs))}</p>
          <button type="button" class="button" onClick={stopRun}>
            Stop
          </button>
        </div>
      );
    case "stopped":
      return <Empty title="Stopped">The server gives the statement up, too.</Empty>;
    case "unreachable":
      return <Gone />;
    case "problem":
      return (
        <div class="sql-problem" role="alert">
          <p class="state-title">{value.problem.title}</p>
          <pre>{value.problem.detail}</pre>
        </div>
      );
    case "answer":
      return <Answer answer={value.answer} sql={value.sql} />;
  }
};
