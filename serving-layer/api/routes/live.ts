import type { OutgoingHttpHeaders } from "node:http";
import type { Observable } from "rxjs";
import Type from "typebox";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { QuestionError } from "../../reader/questionError.js";
import type { LiveQuestion, Reader } from "../../reader/reader.js";
import { keyTexts } from "../keyTexts.js";
import { type EventStream, openEventStream } from "../live/eventStream.js";
import type { LiveUpdate } from "../live/liveUpdate.js";
import { createTopics } from "../live/topics.js";
import { ProblemError, problem, questionProblem } from "../problem.js";
import { responses } from "../schemas/responses.js";
import { LiveQuery } from "../schemas/questions.js";

const STREAMS_MAX = 2_000;
const RETRY_AFTER_SECONDS = 5;

const questionOf = (query: LiveQuery): LiveQuestion => {
  const { kind, metric, window, at, by, limit, from, to, step } = query;
  if (kind === "series") {
    return { kind, metric, question: { key: keyTexts("key", query.key ?? []), from, to, step } };
  }
  const where = keyTexts("where", query.where ?? []);
  return { kind: "top", metric, question: { window, at, by, limit, where } };
};

const tooMany = (): ProblemError =>
  new ProblemError(
    problem("too_many_streams", "Too many are listening", 503, "Try again in a few seconds."),
    RETRY_AFTER_SECONDS,
  );

const failureOf = (error: unknown): string =>
  JSON.stringify(
    error instanceof QuestionError
      ? questionProblem(error)
      : problem(
          "internal",
          "Freshet failed",
          500,
          "The answer cannot be reckoned now. Asking again may help.",
        ),
  );

export interface LiveSettings {
  readonly answerEveryMs: number;
  readonly heartbeatEveryMs: number;
}

/** `GET /v1/live`: an answer and its changes as server-sent events; `Last-Event-ID` spares what a client holds. */
export const registerLive = (app: FastifyInstance, reader: Reader, settings: LiveSettings): void => {
  const topics = createTopics(reader, settings.answerEveryMs);
  let streams = 0;
  // oxlint-disable-next-line require-await -- fastify's hooks are promises
  app.addHook("preClose", async () => topics.close());

  /** Settles once the stream is open, or the question is refused. */
  const stream = (
    request: FastifyRequest,
    reply: FastifyReply,
    updates: Observable<LiveUpdate>,
  ): Promise<void> =>
    new Promise((resolve, reject) => {
      const heldId = request.headers["last-event-id"];
      let opened: EventStream | null = null;
      const open = (): EventStream => {
        reply.hijack();
        resolve();
        return openEventStream(reply.raw, {
          heartbeatEveryMs: settings.heartbeatEveryMs,
          heldId: typeof heldId === "string" ? heldId : null,
          headers: reply.getHeaders() as OutgoingHttpHeaders,
        });
      };
      streams++;
      const following = updates.subscribe({
        next(update) {
          opened ??= open();
          opened.send(update);
        },
        error(error: Error) {
          if (opened) opened.fail(failureOf(error));
          else reject(error);
        },
        complete() {
          if (opened) opened.end();
          else reject(tooMany());
        },
      });
      reply.raw.once("close", () => {
        streams--;
        following.unsubscribe();
      });
    });

  app.get<{ Querystring: LiveQuery }>(
    "/v1/live",
    {
      config: { scope: "read" },
      schema: {
        summary: "An answer and its changes, as server-sent events",
        tags: ["questions"],
        querystring: LiveQuery,
        response: responses(
          Type.String(),
          "event: answer, with the whole answer as data; event: change, with what is other than in the answer before",
          400,
          404,
        ),
      },
    },
    (request: FastifyRequest<{ Querystring: LiveQuery }>, reply: FastifyReply) => {
      if (streams >= STREAMS_MAX) throw tooMany();
      const updates = topics.follow(questionOf(request.query));
      if (!updates) throw tooMany();
      return stream(request, reply, updates);
    },
  );
};
