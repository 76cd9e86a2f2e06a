import type { Access, Admission, Scope } from "@freshet/storage";
import type { FastifyInstance } from "fastify";
import { type Problem, ProblemError, problem } from "./problem.js";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What a request's key must allow; without it anybody may ask. */
    scope?: Scope;
  }
  interface FastifyRequest {
    /** Whose request it is: a key's id, `environment`, `local`, or empty where no key is asked for. */
    who: string;
  }
}

const MS_PER_SECOND = 1_000;

const refusalOf = (admission: Exclude<Admission, { readonly kind: "admitted" }>): Problem => {
  switch (admission.kind) {
    case "unknown":
      return problem(
        "key_refused",
        "A key is needed",
        401,
        "Send a key of this server as `Authorization: Bearer KEY`.",
      );
    case "forbidden":
      return problem(
        "key_forbidden",
        "The key does not allow this",
        403,
        `The key does not have the scope ${admission.needs}: \`freshet keys create\` makes one that has.`,
      );
    case "limited":
      return problem(
        "key_limited",
        "The key's rate is used up",
        429,
        "Try again after the time in Retry-After.",
      );
  }
};

/** Holds every route to the scope of its `config`. The page itself holds nothing secret. */
export const enforceAccess = (app: FastifyInstance, access: Access): void => {
  app.decorateRequest("who", "");
  app.addHook("onRequest", async (request, reply) => {
    const { scope } = request.routeOptions.config;
    if (scope === undefined) return;
    const { headers, socket } = request;
    const admission = await access.admit({ headers, localAddress: socket.localAddress }, scope);
    if (admission.kind === "admitted") {
      request.who = admission.who;
      return;
    }
    if (admission.kind === "unknown") void reply.header("www-authenticate", "Bearer");
    request.log.info({ address: request.ip, refusal: admission.kind }, "a request was refused");
    const waitSeconds =
      admission.kind === "limited" ? Math.max(1, Math.ceil(admission.retryAfterMs / MS_PER_SECOND)) : null;
    throw new ProblemError(refusalOf(admission), waitSeconds);
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
