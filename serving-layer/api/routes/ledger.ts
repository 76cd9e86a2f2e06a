import type { FastifyInstance } from "fastify";
import type { Books } from "../../books/books.js";
import { sendDigested } from "../etag.js";
import { LedgerAnswerSchema, LedgerQuery } from "../schemas/books.js";
import { responses } from "../schemas/responses.js";

/** `GET /v1/ledger`: the books of both tiers by hour of arrival. */
export const registerLedger = (app: FastifyInstance, books: Books): void => {
  app.get<{ Querystring: LedgerQuery }>(
    "/v1/ledger",
    {
      config: { scope: "read" },
      schema: {
        summary: "The books of live and batch by hour of arrival, and whether they balance",
        description: "Hours are for display: batch compares segment by segment.",
        tags: ["operation"],
        querystring: LedgerQuery,
        response: responses(LedgerAnswerSchema, "Hours in which anything arrived", 400),
      },
    },
    async (request, reply) => sendDigested(request, reply, await books.ledger(request.query)),
  );
};
