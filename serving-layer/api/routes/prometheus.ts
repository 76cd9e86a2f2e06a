import type { FastifyInstance } from "fastify";
import type { RequestCounts } from "@freshet/storage";
import { collectDefaultMetrics, Registry } from "prom-client";
import Type from "typebox";
import type { Books } from "../../books/books.js";
import type { Reader } from "../../reader/reader.js";
import { registerDriftMetrics } from "../prometheus/driftMetrics.js";
import { registerLineMetrics } from "../prometheus/lineMetrics.js";
import { registerRequestMetrics } from "../prometheus/requestMetrics.js";
import { registerStoreMetrics } from "../prometheus/storeMetrics.js";
import { responsesAs } from "../schemas/responses.js";

/** `GET /metrics`: the process, the requests and the line, as Prometheus reads them. */
export const registerPrometheus = (
  app: FastifyInstance,
  reader: Reader,
  { books, requests }: { readonly books?: Books; readonly requests?: RequestCounts },
): void => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  registerRequestMetrics(app, registry);
  registerLineMetrics(registry, reader);
  if (books) registerDriftMetrics(registry, books);
  if (requests) registerStoreMetrics(registry, requests);
  app.get(
    "/metrics",
    {
      config: { scope: "read" },
      schema: {
        summary: "Metrics of this process and of the line, for Prometheus",
        tags: ["operation"],
        response: responsesAs("text/plain", Type.String(), "Prometheus' text format"),
      },
    },
    async (_request, reply) => {
      const text = await registry.metrics();
      return reply
        .type(registry.contentType)
        .serializer((body: string) => body)
        .send(text);
    },
  );
};
