import type { Problem } from "./answers.js";

const MS_PER_SECOND = 1_000;

/** The server answered with an RFC 9457 problem: its `detail` says what to change. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  constructor(
    readonly problem: Problem,
    /** When asking again may help; null where the server does not say. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(`${problem.title}: ${problem.detail}`);
  }
}

/** No answer came: the server is not there, or the line to it broke. Asking again may help. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
  constructor(address: string, cause: unknown) {
    super(`no answer from ${address}`, { cause });
  }
}

const isProblem = (value: unknown): value is Problem =>
  typeof value === "object" && value !== null && "title" in value && "detail" in value && "status" in value;

/** A response that is not one of this API's. */
export const badAnswer = (response: Response): ProblemError =>
  new ProblemError({
    type: "about:blank",
    title: "The server answered strangely",
    status: response.status,
    detail: `${response.status} ${response.statusText}`.trim(),
  });

/** Reads what a response that is not ok says. */
export const readProblem = async (response: Response): Promise<ProblemError> => {
  const body: unknown = await response.json().catch(() => null);
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * MS_PER_SECOND : null;
  return new ProblemError(isProblem(body) ? body : badAnswer(response).problem, retryAfterMs);
};
