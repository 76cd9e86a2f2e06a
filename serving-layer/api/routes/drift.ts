import type { FastifyInstance } from "fastify";
import type { Books } from "../../books/books.js";
import type { Reader } from "../../reader/reader.js";
import { sendTagged } from "../etag.js";
import { DriftAnswerSchema, DriftQuery } from "../schemas/books.js";
import { MetricPath } from "../schemas/questions.js";
import { responses } from "../schemas/responses.js";

/** `GET /v1/metrics/{metric}/drift`: what live had said against what settled says, by cause. */
export const registerDrift = (app: FastifyInstance, reader: Reader, books: Books): void => {
  app.get<{ Params: MetricPath; Querystring: DriftQuery }>(
    "/v1/metrics/:metric/drift",
    {
      config: { scope: "read" },
      schema: {
        summary: "What live had said against what settled says of the same events, by cause",
        description: "Found by batch, run by run; a late event is no drift: it counts where it arrived.",
        tags: ["operation"],
        params: MetricPath,
        querystring: DriftQuery,
        response: responses(DriftAnswerSchema, "Pane by pane, and of the whole range", 400, 404),
      },
    },
    (request, reply) =>
      sendTagged(request, reply, reader.version(), () => books.drift(request.params.metric, request.query)),
  );
};
