import type { FastifyError, FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { eventsOfBody, JSON_TYPE, NDJSON_TYPES } from "./body.js";
import { allowOrigin, answerPreflight } from "./cors.js";
import { type Access, type Admission, LOCAL_ACCESS, type Outcomes } from "@freshet/storage";
import type { IntakeEvents } from "./event.js";
import { createInFlight } from "./inFlight.js";
import type { Intake } from "./intake.js";
import type { IntakeOutcome } from "./outcome.js";
import { textOfOutcomes } from "./outcomeText.js";
import { type Problem, ProblemError, retryAfterSeconds, sendProblem } from "./problem.js";
import { ROUTE_SCHEMA } from "./schema.js";
import { SpoolFullError } from "./spooledIntake.js";

export interface CollectorOptions {
  /** Who may send; by default whoever reaches this machine by its loopback address. */
  readonly access?: Access;
  /** Origins whose pages may post; `*` for any. */
  readonly corsOrigins?: readonly string[];
  readonly bodyBytesMax?: number;
  readonly eventsMax?: number;
  /** Bytes of requests under way at one time. */
  readonly inFlightBytesMax?: number;
}

const BODY_BYTES_MAX = 5 << 20;
const EVENTS_MAX = 10_000;
const IN_FLIGHT_BYTES_MAX = 64 << 20;
const RETRY_AFTER_MS = 1000;
const PATH = "/v1/events";
/** No part of the API's description. */
const HIDDEN: object = { hide: true };
const EXPECTED = `expected a body of ${[JSON_TYPE, ...NDJSON_TYPES].join(" or ")}`;

/** A fastify plugin: `POST /v1/events`, with an outcome for every event. It never answers 200 for what is not durable. */
export const collectorPlugin = (intake: Intake, options: CollectorOptions = {}): FastifyPluginAsync => {
  const {
    access = LOCAL_ACCESS,
    corsOrigins = [],
    bodyBytesMax = BODY_BYTES_MAX,
    eventsMax = EVENTS_MAX,
  } = options;
  const inFlight = createInFlight(options.inFlightBytesMax ?? IN_FLIGHT_BYTES_MAX);

  const admit = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    allowOrigin(corsOrigins, request, reply);
    if (request.method === "OPTIONS") return;
    const { headers, socket } = request;
    const admission = await access.admit({ headers, localAddress: socket.localAddress }, "emit");
    if (admission.kind !== "admitted") throw new ProblemError(refusalOf(admission));
    const encoding = request.headers["content-encoding"] ?? "identity";
    if (encoding !== "identity")
      throw new ProblemError(unsupported(`content-encoding ${encoding}: send the body as it is`));
    const bytes = Math.min(Number(request.headers["content-length"] ?? bodyBytesMax), bodyBytesMax);
    if (!inFlight.enter(bytes)) throw new ProblemError(busy("too many requests at once", RETRY_AFTER_MS));
    reply.raw.once("close", () => inFlight.leave(bytes));
  };

  const eventsIn = (request: FastifyRequest): IntakeEvents => {
    const contentType = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
    if (!(request.body instanceof Buffer)) throw new ProblemError(unsupported(EXPECTED));
    const events = eventsOfBody(contentType, request.body);
    if (events.length > eventsMax) {
      throw new ProblemError(
        tooLarge(`${events.length} events: expected at most ${eventsMax} in one request`),
      );
    }
    return events;
  };

  /** Not async, so that no event is kept while the log commits. */
  const take = (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    intake.accept(eventsIn(request), { trusted: false }).then(
      (outcomes) => answer(reply, outcomes),
      (cause: unknown) => {
        throw new ProblemError(cause instanceof SpoolFullError ? fullOf(cause) : UNAVAILABLE, { cause });
      },
    );

  // oxlint-disable-next-line require-await -- fastify's plugins are promises
  return async (server) => {
    server.removeAllContentTypeParsers();
    server.addContentTypeParser([JSON_TYPE, ...NDJSON_TYPES], { parseAs: "buffer" }, (_request, body, done) =>
      done(null, body),
    );
    server.setErrorHandler<FastifyError | ProblemError>((error, request, reply) => {
      const problem = problemOf(error, bodyBytesMax);
      if (problem.status >= 500) request.log.error({ err: error.cause ?? error }, "events were not taken");
      if (problem.status === 401) reply.header("www-authenticate", "Bearer");
      return sendProblem(reply, problem);
    });
    server.addHook("onRequest", admit);
    server.options(PATH, { schema: HIDDEN }, (_request, reply) => answerPreflight(reply));
    server.post(
      PATH,
      {
        bodyLimit: bodyBytesMax,
        schema: ROUTE_SCHEMA,
        // The intake judges events, each by itself; a schema here would judge whole requests.
        validatorCompiler: () => () => true,
        serializerCompiler: () => JSON.stringify,
      },
      take,
    );
  };
};

const answer = (reply: FastifyReply, outcomes: Outcomes<IntakeOutcome>): FastifyReply => {
  let retryAfterMs = 0;
  let throttled = 0;
  for (let index = 0; index < outcomes.count && !outcomes.areStored; index++) {
    const outcome = outcomes.at(index);
    if (outcome.kind !== "throttled") continue;
    throttled++;
    retryAfterMs = Math.max(retryAfterMs, outcome.retryAfterMs);
  }
  if (throttled === outcomes.count)
    throw new ProblemError(busy("the log takes no more at this rate", retryAfterMs));
  if (throttled > 0) reply.header("retry-after", retryAfterSeconds(retryAfterMs));
  return reply
    .code(throttled > 0 ? 207 : 200)
    .type("application/json; charset=utf-8")
    .send(textOfOutcomes(outcomes));
};

const UNAUTHORIZED: Problem = {
  status: 401,
  title: "Unauthorized",
  detail: "expected a known key, as `Authorization: Bearer KEY` or `X-Freshet-Key: KEY`",
};
const refusalOf = (admission: Exclude<Admission, { readonly kind: "admitted" }>): Problem => {
  switch (admission.kind) {
    case "unknown":
      return UNAUTHORIZED;
    case "forbidden":
      return {
        status: 403,
        title: "Forbidden",
        detail: `the key does not have the scope ${admission.needs}`,
      };
    case "limited":
      return busy("the key's rate is used up", admission.retryAfterMs);
  }
};
const UNAVAILABLE: Problem = {
  status: 503,
  title: "Service unavailable",
  detail: "the log cannot be written; whether the events are in it is not known: send the same ones again",
  retryAfterMs: RETRY_AFTER_MS,
};
const fullOf = ({ certain, message, retryAfterMs }: SpoolFullError): Problem => ({
  ...UNAVAILABLE,
  detail: `${message}; ${certain ? "none of the events is in the log" : "whether the events are in it is not known"}: send the same ones again`,
  retryAfterMs,
});
const tooLarge = (detail: string): Problem => ({ status: 413, title: "Content too large", detail });
const unsupported = (detail: string): Problem => ({ status: 415, title: "Unsupported media type", detail });
const busy = (detail: string, retryAfterMs: number): Problem => ({
  status: 429,
  title: "Too many requests",
  detail,
  retryAfterMs,
});

const problemOf = (error: FastifyError | ProblemError, bodyBytesMax: number): Problem => {
  if (error instanceof ProblemError) return error.problem;
  switch (error.statusCode) {
    case 413:
      return tooLarge(`expected a body of at most ${bodyBytesMax} bytes`);
    case 415:
      return unsupported(EXPECTED);
    case undefined:
      return { status: 500, title: "Internal server error", detail: "a defect; see the server's log" };
    default:
      return { status: error.statusCode, title: "Bad request", detail: error.message };
  }
};
