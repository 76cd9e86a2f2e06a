import type { SqlProblem } from "./outcome.js";

export interface ExplainedProblem {
  readonly kind: string;
  readonly title: string;
  /** What to change. */
  readonly detail: string;
  /** Nothing is wrong with the statement: it can be asked again. */
  readonly again: boolean;
}

const explained = (kind: string, title: string, detail: string): ExplainedProblem => ({
  kind,
  title,
  detail,
  again: false,
});

/** Why a statement has no answer, in words. */
export const explainProblem = (problem: SqlProblem): ExplainedProblem => {
  switch (problem.kind) {
    case "failed":
      return explained("sql_failed", "The statement cannot be run", problem.detail);
    case "empty":
      return explained("sql_empty", "There is no statement", "Write one, such as SHOW TABLES.");
    case "many":
      return explained(
        "sql_many",
        "There is more than one statement",
        "Send one at a time. A PIVOT that finds its columns by itself counts as two: name them with IN.",
      );
    case "parameters":
      return explained(
        "sql_parameters",
        "The statement has parameters",
        "Write the values into the statement.",
      );
    case "not_a_question":
      return explained(
        "sql_not_a_question",
        "The statement does not ask",
        `${problem.statement} is not run here: SELECT, EXPLAIN of a SELECT, DESCRIBE, SHOW and SUMMARIZE are.`,
      );
    case "too_large":
      return explained(
        "too_large",
        "The answer would be too large",
        `${problem.detail}: ask for fewer rows or columns.`,
      );
    case "too_slow":
      return explained(
        "sql_too_slow",
        "The statement takes too long",
        `It was given up after ${problem.seconds} s: filter by day or arrival_hour, or ask for fewer groups.`,
      );
    case "too_much_memory":
      return explained(
        "sql_too_much_memory",
        "The statement takes too much memory",
        `Its process ended, which may hold ${problem.memoryMb} MB: ask for fewer groups or shorter lists.`,
      );
    case "live_too_large":
      return explained(
        "too_large",
        "Too much came in since the last batch",
        `SQL reads up to ${problem.groups} groups (${problem.megabytes} MB) after the cut: ask again after the next batch run, or ask top, series and value.`,
      );
    case "unavailable":
      return {
        kind: "unavailable",
        title: "The statement was not run to its end",
        detail: `${problem.detail}: ask again.`,
        again: true,
      };
  }
};
