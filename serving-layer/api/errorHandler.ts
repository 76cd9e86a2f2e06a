import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { GenerationUnreadable } from "../books/standing.js";
import { QuestionError } from "../reader/questionError.js";
import { type Problem, ProblemError, problem, questionProblem } from "./problem.js";

const RETRY_AFTER_SECONDS = 5;
const DETAIL_CHARS_MAX = 300;
export const MEDIA_TYPE = "application/problem+json; charset=utf-8";

export const sendProblem = (reply: FastifyReply, body: Problem): FastifyReply =>
  reply.code(body.status).type(MEDIA_TYPE).send(JSON.stringify(body));

/** What a request is told that could not be read. */
const unreadable = (status: number, { message }: Error, bodyBytesMax: number | undefined): Problem => {
  switch (status) {
    case 413:
      return problem("body_too_large", "The body is too large", 413, `Send at most ${bodyBytesMax} bytes.`);
    case 415:
      return problem("unsupported_type", "The body is of another type", 415, "Send it as application/json.");
    default:
      return problem("bad_request", "The request cannot be read", status, message.slice(0, DETAIL_CHARS_MAX));
  }
};

/** Every failure becomes a problem; only a defect of ours is a 500, and it is logged. */
export const handleError = (
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply => {
  if (error instanceof QuestionError) return sendProblem(reply, questionProblem(error));
  if (error instanceof ProblemError) {
    if (error.retryAfterSeconds !== null) reply.header("retry-after", String(error.retryAfterSeconds));
    return sendProblem(reply, error.problem);
  }
  if (error instanceof GenerationUnreadable) {
    request.log.warn({ err: error }, "a generation cannot be read");
    const body = problem("generation_unreadable", "The generation cannot be read", 503, error.message);
    return sendProblem(reply.header("retry-after", String(RETRY_AFTER_SECONDS)), body);
  }
  const status = error.statusCode ?? 500;
  if (status < 500) return sendProblem(reply, unreadable(status, error, request.routeOptions?.bodyLimit));
  request.log.error({ err: error }, "answering failed");
  return sendProblem(
    reply,
    problem("internal", "Freshet failed", 500, "The failure was logged. Asking again may help."),
  );
};

/** Nothing under the address, or nothing by this method. */
export const handleNotFound = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const { method, url, server } = request;
  const asked = `${method} ${url.slice(0, 200)}`;
  const allowed = server.allowedMethods?.(url.split("?", 1)[0] as string) ?? [];
  if (allowed.length === 0) {
    const detail = `${asked} is not known: /v1/metrics lists what can be asked`;
    return sendProblem(reply, problem("not_found", "There is nothing here", 404, detail));
  }
  const allow = allowed.join(", ");
  const detail = `${asked} is not known: it is there for ${allow}`;
  return sendProblem(
    reply.header("allow", allow),
    problem("method_not_allowed", "It is there for another method", 405, detail),
  );
};
