import fastifySwagger from "@fastify/swagger";
import fastifySwaggerUi from "@fastify/swagger-ui";
import type { FastifyPluginAsync } from "fastify";
import fastifyPlugin from "fastify-plugin";
import { version } from "../version.js";

const PAGE = "/api";
/** All of the page comes from here, also where there is no TLS. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const describe: FastifyPluginAsync = async (server) => {
  await server.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Freshet",
        version,
        description: "Real-time trends with exact history. Every answer says how sure it is.",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      tags: [
        { name: "events", description: "How events get in" },
        { name: "questions", description: "What is trending now, and what exactly happened" },
        { name: "dead letters", description: "What could not be counted, and how it is mended" },
        { name: "operation", description: "How the line is doing" },
      ],
      components: { securitySchemes: { key: { type: "http", scheme: "bearer" } } },
      security: [{ key: [] }],
    },
  });
  await server.register(fastifySwaggerUi, {
    routePrefix: PAGE,
    staticCSP: POLICY,
    uiConfig: { docExpansion: "list", validatorUrl: null },
  });
  server.get("/openapi.json", { schema: { hide: true } }, () => server.swagger());
};

/** Describes the routes that are registered after it: `/openapi.json`, and a page to try them at `/api`. */
export const openApiPlugin = fastifyPlugin(describe);
