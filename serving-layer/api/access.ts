import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { ProblemError, problem } from "./problem.js";

const hashOf = (text: string): Buffer => createHash("sha256").update(text).digest();

/** With keys, `/v1` asks for one of them: `Authorization: Bearer KEY`. The page itself holds nothing secret. */
export const requireKey = (app: FastifyInstance, keys: readonly string[]): void => {
  if (keys.length === 0) return;
  const known = keys.map(hashOf);
  app.addHook("onRequest", async (request) => {
    if (!request.url.startsWith("/v1/")) return;
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    const hash = given === undefined ? null : hashOf(given);
    if (hash && known.some((each) => timingSafeEqual(each, hash))) return;
    throw new ProblemError(
      problem(
        "key_refused",
        "A key is needed",
        401,
        "Send a key of this server as `Authorization: Bearer KEY`.",
      ),
    );
  });
};

/** Questions that are being answered at one time; more are told to come again. */
const QUESTIONS_AT_ONCE_MAX = 200;
const RETRY_AFTER_SECONDS = 1;

export const boundQuestions = (app: FastifyInstance): void => {
  let answering = 0;
  app.addHook("onRequest", async (request, reply) => {
    if (!request.url.startsWith("/v1/metrics")) return;
    if (answering >= QUESTIONS_AT_ONCE_MAX) {
      throw new ProblemError(
        problem("busy", "Too many questions at once", 503, "Try again in a second."),
        RETRY_AFTER_SECONDS,
      );
    }
    answering++;
    reply.raw.once("close", () => {
      answering--;
    });
  });
};
