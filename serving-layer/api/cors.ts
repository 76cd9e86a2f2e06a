import type { FastifyInstance, FastifyReply } from "fastify";
import { HIDDEN } from "./schemas/responses.js";

const MAX_AGE_SECONDS = 600;
const ASKED_WITH = "authorization, x-freshet-key, last-event-id, if-none-match";
const TOLD = "etag, retry-after";
const QUESTIONS = "/v1/";

/**
 * Lets pages of these origins (`*`: of any) ask questions and follow them: `GET /v1/...`. Nothing that changes anything is
 * open to other origins. What a page may see is still what its key allows.
 */
export const allowOrigins = (app: FastifyInstance, origins: readonly string[]): void => {
  if (origins.length === 0) return;
  app.addHook("onRequest", (request, reply, done) => {
    const { origin } = request.headers;
    if (request.url.startsWith(QUESTIONS) && ["GET", "HEAD", "OPTIONS"].includes(request.method)) {
      void reply.header("vary", "Origin");
      if (origin !== undefined && (origins.includes("*") || origins.includes(origin))) {
        void reply
          .header("access-control-allow-origin", origin)
          .header("access-control-expose-headers", TOLD);
      }
    }
    done();
  });
  const preflight = (reply: FastifyReply): FastifyReply => {
    if (reply.hasHeader("access-control-allow-origin")) {
      void reply
        .header("access-control-allow-methods", "GET")
        .header("access-control-allow-headers", ASKED_WITH)
        .header("access-control-max-age", String(MAX_AGE_SECONDS));
    }
    return reply.code(204).send();
  };
  app.options(`${QUESTIONS}*`, { schema: HIDDEN }, (_request, reply) => preflight(reply));
};
