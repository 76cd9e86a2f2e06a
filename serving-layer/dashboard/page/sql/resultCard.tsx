import { useMemo, useState } from "preact/hooks";
import { Empty, Gone, OtherKey } from "../parts/states.js";
import { StatusChip } from "../parts/statusChip.js";
import type { Problem } from "../net/ask.js";
import { clock } from "../state/clock.js";
import { spokenDuration } from "../text/duration.js";
import { wholeNumber } from "../text/format.js";
import { type Download, DOWNLOADS, type SqlAnswer } from "./answers.js";
import { chartData } from "./chartData.js";
import { ResultChart } from "./resultChart.js";
import { ResultTable } from "./resultTable.js";
import { download, result, stopRun } from "./run.js";
import type { Starter } from "./starters.js";

const tookText = (ms: number): string => (ms < 1_000 ? `${Math.round(ms)} ms` : spokenDuration(ms));

const FORMAT_NAMES: Readonly<Record<Download, string>> = {
  csv: "CSV",
  json: "JSON",
  arrow: "Arrow",
  parquet: "Parquet",
};

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
            {FORMAT_NAMES[format]}
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

interface ResultProps {
  readonly starters: readonly Starter[];
  /** Puts a statement into the editor. */
  readonly open: (sql: string) => void;
}

const NothingYet = ({ starters, open }: ResultProps) => (
  <div class="state">
    <p class="state-title">Nothing was run yet</p>
    <p>A statement only reads: nothing can be changed here.</p>
    {starters.length > 0 && (
      <ul class="starters" aria-label="Statements to begin with">
        {starters.map(({ title, sql }) => (
          <li key={title}>
            <button type="button" class="button" onClick={() => open(sql)}>
              {title}
            </button>
          </li>
        ))}
      </ul>
    )}
  </div>
);

/** What the last statement came to; before the first one, what to begin with. */
export const ResultCard = (props: ResultProps) => {
  const { value } = result;
  switch (value.kind) {
    case "none":
      return <NothingYet {...props} />;
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
          <OtherKey problem={value.problem} />
        </div>
      );
    case "answer":
      return <Answer answer={value.answer} sql={value.sql} />;
  }
};
