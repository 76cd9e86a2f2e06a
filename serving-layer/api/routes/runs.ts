import type { FastifyInstance } from "fastify";
import type { Books } from "../../books/books.js";
import { sendDigested } from "../etag.js";
import { RunsAnswerSchema } from "../schemas/books.js";
import { NoQuery } from "../schemas/questions.js";
import { responses } from "../schemas/responses.js";

/** `GET /v1/runs`: the batch runs that are on record. */
export const registerRuns = (app: FastifyInstance, books: Books): void => {
  app.get(
    "/v1/runs",
    {
      config: { scope: "read" },
      schema: {
        summary: "The batch runs that are on record: attempts, steps, rows, outcome",
        tags: ["operation"],
        querystring: NoQuery,
        response: responses(RunsAnswerSchema, "The newest first"),
      },
    },
    async (request, reply) => sendDigested(request, reply, await books.runs()),
  );
};
