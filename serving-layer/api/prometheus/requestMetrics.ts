import type { FastifyInstance } from "fastify";
import { Histogram, type Registry } from "prom-client";

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
const MS_PER_SECOND = 1_000;

/** How long requests take, by route: a path that names nothing is one route, so that nobody can make more. */
export const registerRequestMetrics = (app: FastifyInstance, registry: Registry): void => {
  const durations = new Histogram({
    name: "http_request_duration_seconds",
    help: "From the request's head to the end of the answer.",
    registers: [registry],
    labelNames: ["method", "route", "status"],
    buckets: SECONDS,
  });
  app.addHook("onResponse", async (request, reply) => {
    const labels = {
      method: request.method,
      route: request.routeOptions.url ?? "none",
      status: String(reply.statusCode),
    };
    durations.observe(labels, reply.elapsedTime / MS_PER_SECOND);
  });
};
