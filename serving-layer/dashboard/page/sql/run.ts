import { signal } from "@preact/signals";
import { type Problem, readProblem, requestHeaders } from "../net/ask.js";
import { saveFile } from "../parts/saveFile.js";
import { setQuery } from "../route/route.js";
import { announce } from "../state/announce.js";
import { nowMs } from "../state/clock.js";
import { wholeNumber } from "../text/format.js";
import type { Download, SqlAnswer } from "./answers.js";
import { remember, statement } from "./statement.js";

/** The most rows that a file may hold: as JSON the server gives fewer. */
const DOWNLOAD_ROWS_MAX: Readonly<Record<Download, number>> = {
  csv: 1_000_000,
  json: 100_000,
  arrow: 1_000_000,
  parquet: 1_000_000,
};
/** An Arrow stream has an ending of its own. */
const ENDINGS: Readonly<Record<Download, string>> = {
  csv: "csv",
  json: "json",
  arrow: "arrows",
  parquet: "parquet",
};
/** A longer one is not put into the address. */
const ADDRESS_CHARS_MAX = 2_000;

export type Result =
  | { readonly kind: "none" }
  | { readonly kind: "running"; readonly sinceMs: number }
  | {
      readonly kind: "answer";
      readonly answer: SqlAnswer;
      readonly sql: string;
    }
  | { readonly kind: "problem"; readonly problem: Problem; readonly sql: string }
  | { readonly kind: "unreachable" }
  | { readonly kind: "stopped" };

/** What the last statement came to; it stays while other pages are open. */
export const result = signal<Result>({ kind: "none" });

let attempt = new AbortController();

const send = (sql: string, format: Download | undefined, stop: AbortSignal): Promise<Response> =>
  fetch("/v1/sql", {
    method: "POST",
    headers: { ...requestHeaders(), "content-type": "application/json" },
    body: JSON.stringify(format === undefined ? { sql } : { sql, format, limit: DOWNLOAD_ROWS_MAX[format] }),
    signal: stop,
  });

/** What went wrong tells itself: it is shown as an alert. */
const told = (now: Result): string => {
  if (now.kind === "answer") return `${wholeNumber(now.answer.rowCount)} rows`;
  return now.kind === "stopped" ? "Stopped" : "";
};

const answered = async (sql: string, stop: AbortSignal): Promise<Result> => {
  try {
    const response = await send(sql, undefined, stop);
    if (!response.ok) return { kind: "problem", problem: await readProblem(response), sql };
    const answer = (await response.json()) as SqlAnswer;
    return { kind: "answer", answer, sql };
  } catch {
    return stop.aborted ? { kind: "stopped" } : { kind: "unreachable" };
  }
};

/** Runs what stands in the editor; a statement that still runs is given up. */
export const run = async (): Promise<void> => {
  const sql = statement.peek().trim();
  if (sql === "") return;
  attempt.abort();
  attempt = new AbortController();
  const { signal: stop } = attempt;
  remember(sql);
  setQuery({ sql: sql.length <= ADDRESS_CHARS_MAX ? sql : null });
  result.value = { kind: "running", sinceMs: nowMs() };
  const came = await answered(sql, stop);
  if (stop !== attempt.signal) return;
  result.value = came;
  announce(told(came));
};

export const stopRun = (): void => attempt.abort();

/** Asks for the whole result of a statement as a file; a problem is given back. */
export const download = async (sql: string, format: Download): Promise<Problem | "unreachable" | null> => {
  try {
    const response = await send(sql, format, new AbortController().signal);
    if (!response.ok) return await readProblem(response);
    saveFile(`freshet.${ENDINGS[format]}`, await response.blob());
    return null;
  } catch {
    return "unreachable";
  }
};
