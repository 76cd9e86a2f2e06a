import type { FastifyInstance } from "fastify";
import Type from "typebox";

const HealthAnswer = Type.Object({ status: Type.Literal("ok") }, { additionalProperties: false });

/** `GET /healthz`, for whoever starts and watches the process: no key is asked for. */
export const registerHealth = (app: FastifyInstance): void => {
  app.get(
    "/healthz",
    {
      schema: {
        summary: "Whether questions are answered",
        tags: ["operation"],
        security: [],
        response: {
          200: { description: "They are", content: { "application/json": { schema: HealthAnswer } } },
        },
      },
    },
    async () => ({ status: "ok" }),
  );
};
