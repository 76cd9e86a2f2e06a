import type { FastifyInstance } from "fastify";
import { sendProblem } from "./errorHandler.js";
import { problem } from "./problem.js";

const RETRY_AFTER_SECONDS = 5;
const CLOSING = problem("closing", "The server is stopping", 503, "Ask again after the time in Retry-After.");

/**
 * What still comes over connections that are kept alive while the server closes is refused with a problem, for every route of
 * the server: with fastify's `return503OnClosing: false`, which would answer in its own way.
 */
export const refuseWhileClosing = (app: FastifyInstance): void => {
  let closing = false;
  app.addHook("preClose", (done) => {
    closing = true;
    done();
  });
  app.addHook("onRequest", (_request, reply, done) => {
    if (closing) sendProblem(reply.header("retry-after", String(RETRY_AFTER_SECONDS)), CLOSING);
    else done();
  });
};
