import type { FastifyReply, FastifyRequest } from "fastify";

const MAX_AGE_SECONDS = 600;
const ALLOWED_HEADERS = "authorization, content-type, x-freshet-key";

/** Lets pages of these origins (`*`: of any) post events and read the answer. */
export const allowOrigin = (
  origins: readonly string[],
  request: FastifyRequest,
  reply: FastifyReply,
): void => {
  const { origin } = request.headers;
  if (origins.length === 0) return;
  reply.header("vary", "Origin");
  if (origin === undefined || !(origins.includes("*") || origins.includes(origin))) return;
  reply.header("access-control-allow-origin", origin).header("access-control-expose-headers", "Retry-After");
};

/** Answers a preflight. A page of another origin is not told that it may go on. */
export const answerPreflight = (reply: FastifyReply): FastifyReply => {
  if (reply.hasHeader("access-control-allow-origin")) {
    reply
      .header("access-control-allow-methods", "POST")
      .header("access-control-allow-headers", ALLOWED_HEADERS)
      .header("access-control-max-age", String(MAX_AGE_SECONDS));
  }
  return reply.code(204).send();
};
