import type { FastifyInstance } from "fastify";
import type { Reader } from "../../reader/reader.js";
import { definitionAnswer, type ExplainMetric } from "../definitions/definitionAnswer.js";
import { sendTagged } from "../etag.js";
import { ProblemError, problem } from "../problem.js";
import { DefinitionAnswerSchema } from "../schemas/definition.js";
import { MetricPath, NoQuery } from "../schemas/questions.js";
import { responses } from "../schemas/responses.js";

/** `GET /v1/metrics/{metric}/definition`: how a metric is defined, and the SQL that counts it. */
export const registerDefinition = (app: FastifyInstance, reader: Reader, explain: ExplainMetric): void => {
  app.get<{ Params: MetricPath }>(
    "/v1/metrics/:metric/definition",
    {
      config: { scope: "read" },
      schema: {
        summary: "How a metric is defined, with the SQL that counts it",
        tags: ["questions"],
        params: MetricPath,
        querystring: NoQuery,
        response: responses(
          DefinitionAnswerSchema,
          "Every definition of the name, the newest first",
          400,
          404,
        ),
      },
    },
    (request, reply) =>
      sendTagged(request, reply, reader.version(), async () => {
        const { metric } = request.params;
        const answer = definitionAnswer(reader.schedule(), metric, explain);
        if (answer) return answer;
        throw new ProblemError(
          problem(
            "unknown_metric",
            "There is no such metric",
            404,
            `unknown metric "${metric}": GET /v1/metrics lists what there is`,
            { parameter: "metric" },
          ),
        );
      }),
  );
};
