import Type from "typebox";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { QuestionError } from "../../reader/questionError.js";
import type { LiveQuestion, Reader } from "../../reader/reader.js";
import { keyTexts } from "../keyTexts.js";
import { type EventStream, openEventStream } from "../live/eventStream.js";
import { createTopics, type LiveMessage } from "../live/topics.js";
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

/** `GET /v1/live`: an answer and its changes as server-sent events; `Last-Event-ID` spares the one a client holds. */
export const registerLive = (app: FastifyInstance, reader: Reader, settings: LiveSettings): void => {
  const topics = createTopics(reader, settings.answerEveryMs);
  const streams = new Set<EventStream>();
  app.addHook("preClose", async () => {
    topics.close();
    for (const stream of streams) stream.end();
  });

  app.get<{ Querystring: LiveQuery }>(
    "/v1/live",
    {
      config: { scope: "read" },
      schema: {
        summary: "An answer and its changes, as server-sent events",
        tags: ["questions"],
        querystring: LiveQuery,
        response: responses(Type.String(), "event: answer, with the whole answer as data", 400, 404, 503),
      },
    },
    async (request: FastifyRequest<{ Querystring: LiveQuery }>, reply: FastifyReply) => {
      if (streams.size >= STREAMS_MAX) throw tooMany();
      // An answer may come before the stream is open: the newest waits for it.
      let stream: EventStream | null = null;
      let early: LiveMessage | null = null;
      let failure: string | null = null;
      const following = await topics.follow(questionOf(request.query), {
        answer(message) {
          if (stream) stream.send(message);
          else early = message;
        },
        failed(error) {
          if (stream) stream.fail(failureOf(error));
          else failure = failureOf(error);
        },
      });
      if (!following) throw tooMany();
      reply.hijack();
      const opened = openEventStream(reply.raw, {
        heartbeatEveryMs: settings.heartbeatEveryMs,
        closed() {
          following.unfollow();
          streams.delete(opened);
        },
      });
      stream = opened;
      streams.add(opened);
      const newest: LiveMessage = early ?? following.first;
      if (request.headers["last-event-id"] !== newest.id) opened.send(newest);
      if (failure !== null) opened.fail(failure);
    },
  );
};
