import type { QuestionError, QuestionProblem } from "../reader/questionError.js";

/** RFC 9457. `detail` says what to change. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The parameter at fault. */
  readonly parameter?: string;
  /** The nearest name that exists. */
  readonly suggestion?: string;
}

const KINDS: Readonly<Record<QuestionProblem, { readonly title: string; readonly status: number }>> = {
  unknown_metric: { title: "There is no such metric", status: 404 },
  unknown_measure: { title: "The metric has no such measure", status: 400 },
  unknown_dimension: { title: "The metric has no such dimension", status: 400 },
  missing_dimension: { title: "The key is not complete", status: 400 },
  bad_parameter: { title: "A parameter cannot be read", status: 400 },
  too_large: { title: "The answer would be too large", status: 400 },
};

export const problem = (
  kind: string,
  title: string,
  status: number,
  detail: string,
  extra: Pick<Problem, "parameter" | "suggestion"> = {},
): Problem => ({ type: `/problems/${kind.replaceAll("_", "-")}`, title, status, detail, ...extra });

export const questionProblem = (error: QuestionError): Problem => {
  const { title, status } = KINDS[error.kind];
  return problem(error.kind, title, status, error.message, {
    parameter: error.parameter,
    ...(error.suggestion === null ? {} : { suggestion: error.suggestion }),
  });
};

/** Thrown by a route to answer with a problem. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  constructor(
    readonly problem: Problem,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(problem.detail);
  }
}
