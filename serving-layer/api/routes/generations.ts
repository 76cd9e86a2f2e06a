import type { FastifyInstance } from "fastify";
import type { Books } from "../../books/books.js";
import { sendDigested } from "../etag.js";
import { GenerationsAnswerSchema } from "../schemas/books.js";
import { NoQuery } from "../schemas/questions.js";
import { responses } from "../schemas/responses.js";

/** `GET /v1/generations`: the published batch states that are kept. */
export const registerGenerations = (app: FastifyInstance, books: Books): void => {
  app.get(
    "/v1/generations",
    {
      config: { scope: "read" },
      schema: {
        summary: "The published batch states that are kept, and which of them stands",
        tags: ["operation"],
        querystring: NoQuery,
        response: responses(GenerationsAnswerSchema, "Those that stood last first"),
      },
    },
    async (request, reply) => sendDigested(request, reply, await books.generations()),
  );
};
