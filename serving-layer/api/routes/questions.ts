import type { FastifyInstance } from "fastify";
import type { Reader } from "../../reader/reader.js";
import { sendDigested, sendTagged } from "../etag.js";
import { keyTexts } from "../keyTexts.js";
import {
  ExpectedAnswerSchema,
  MetricsAnswerSchema,
  SeriesAnswerSchema,
  StatusAnswerSchema,
  TopAnswerSchema,
  ValueAnswerSchema,
} from "../schemas/answers.js";
import { responses } from "../schemas/responses.js";
import { MetricPath, NoQuery, SeriesQuery, TopQuery, ValueQuery } from "../schemas/questions.js";

interface Route<Query> {
  Params: MetricPath;
  Querystring: Query;
}

/** Each answer is reckoned by the reader; a route only reads the question and names the version it rests on. */
export const registerQuestions = (app: FastifyInstance, reader: Reader): void => {
  app.get(
    "/v1/metrics",
    {
      config: { scope: "read" },
      schema: {
        summary: "What can be asked",
        tags: ["questions"],
        querystring: NoQuery,
        response: responses(MetricsAnswerSchema, "What can be asked"),
      },
    },
    (request, reply) =>
      sendTagged(request, reply, reader.version(), async () => ({ metrics: reader.metrics() })),
  );

  app.get<Route<TopQuery>>(
    "/v1/metrics/:metric/top",
    {
      config: { scope: "read" },
      schema: {
        summary: "The keys of a window in order",
        tags: ["questions"],
        params: MetricPath,
        querystring: TopQuery,
        response: responses(TopAnswerSchema, "The keys of a window in order", 400, 404),
      },
    },
    (request, reply) =>
      sendTagged(request, reply, reader.version(), () =>
        reader.top(request.params.metric, {
          ...request.query,
          where: keyTexts("where", request.query.where ?? []),
        }),
      ),
  );

  app.get<Route<SeriesQuery>>(
    "/v1/metrics/:metric/series",
    {
      config: { scope: "read" },
      schema: {
        summary: "One key's points over a range",
        tags: ["questions"],
        params: MetricPath,
        querystring: SeriesQuery,
        response: responses(SeriesAnswerSchema, "One key's points over a range", 400, 404),
      },
    },
    (request, reply) =>
      sendTagged(request, reply, reader.version(), () =>
        reader.series(request.params.metric, {
          ...request.query,
          key: keyTexts("key", request.query.key ?? []),
        }),
      ),
  );

  app.get<Route<SeriesQuery>>(
    "/v1/metrics/:metric/expected",
    {
      config: { scope: "read" },
      schema: {
        summary: "What is normal for one key, hour by hour of the week",
        tags: ["questions"],
        params: MetricPath,
        querystring: SeriesQuery,
        response: responses(ExpectedAnswerSchema, "What batch knows to be normal", 400, 404),
      },
    },
    (request, reply) =>
      sendTagged(request, reply, reader.version(), () =>
        reader.expected(request.params.metric, {
          ...request.query,
          key: keyTexts("key", request.query.key ?? []),
        }),
      ),
  );

  app.get<Route<ValueQuery>>(
    "/v1/metrics/:metric/value",
    {
      config: { scope: "read" },
      schema: {
        summary: "One key over a window",
        tags: ["questions"],
        params: MetricPath,
        querystring: ValueQuery,
        response: responses(ValueAnswerSchema, "One key over a window", 400, 404),
      },
    },
    (request, reply) =>
      sendTagged(request, reply, reader.version(), () =>
        reader.value(request.params.metric, {
          ...request.query,
          key: keyTexts("key", request.query.key ?? []),
        }),
      ),
  );

  app.get(
    "/v1/status",
    {
      config: { scope: "read" },
      schema: {
        summary: "Ledger, shards, cut, generation and freshness",
        tags: ["operation"],
        querystring: NoQuery,
        response: responses(StatusAnswerSchema, "Ledger, shards, cut, generation and freshness"),
      },
    },
    (request, reply) => sendDigested(request, reply, reader.status()),
  );
};
