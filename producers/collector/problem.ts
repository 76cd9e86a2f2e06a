import type { FastifyReply } from "fastify";

/** RFC 9457. `retryAfterMs`: also as the `Retry-After` header, in whole seconds. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly retryAfterMs?: number;
}

/** What a handler throws to answer with a problem. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  constructor(
    readonly problem: Problem,
    options?: ErrorOptions,
  ) {
    super(problem.detail, options);
  }
}

export const retryAfterSeconds = (ms: number): string => String(Math.max(1, Math.ceil(ms / 1000)));

export const sendProblem = (reply: FastifyReply, problem: Problem): FastifyReply => {
  const { status, title, detail, retryAfterMs } = problem;
  if (retryAfterMs !== undefined) reply.header("retry-after", retryAfterSeconds(retryAfterMs));
  return reply
    .code(status)
    .header("content-type", "application/problem+json")
    .serializer(JSON.stringify)
    .send({ type: "about:blank", title, status, detail });
};
