import type { Leases } from "@freshet/storage";
import type { FastifyInstance } from "fastify";
import { sendDigested } from "../etag.js";
import { LeasesAnswer } from "../schemas/leases.js";
import { NoQuery } from "../schemas/questions.js";
import { responses } from "../schemas/responses.js";

/** Who owns which shard and role. */
export const registerLeases = (app: FastifyInstance, leases: Pick<Leases, "list">): void => {
  app.get(
    "/v1/leases",
    {
      config: { scope: "read" },
      schema: {
        summary: "Who owns which shard and role",
        tags: ["operation"],
        querystring: NoQuery,
        response: responses(LeasesAnswer, "Every lease, also one that has expired"),
      },
    },
    async (request, reply) => {
      const standing = await leases.list();
      return sendDigested(request, reply, {
        leases: standing.map(({ name, owner, pid, expiresMs }) => ({
          name,
          owner,
          pid,
          expires: new Date(expiresMs).toISOString(),
        })),
      });
    },
  );
};
