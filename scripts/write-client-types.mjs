// Writes serving-layer/client/answers.ts, the client's types, from the OpenAPI document of what is built.
// With --check: writes nothing, says whether the file differs, and exits with 1 then.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Fastify from "fastify";
import { openApiPlugin } from "../cli/dist/wiring/openApi.js";
import { apiPlugin } from "../serving-layer/dist/api/plugin.js";
import { declaration } from "./clientTypes/typeText.mjs";

const ROUTES = {
  Metrics: "/v1/metrics",
  Top: "/v1/metrics/{metric}/top",
  Series: "/v1/metrics/{metric}/series",
  Value: "/v1/metrics/{metric}/value",
  Expected: "/v1/metrics/{metric}/expected",
  Status: "/v1/status",
};
const HEAD = `// Written by scripts/write-client-types.mjs from the server's /openapi.json: \`npm run api\` writes it anew.

`;

const root = fileURLToPath(new URL("..", import.meta.url));
const file = new URL("../serving-layer/client/answers.ts", import.meta.url);

const readDocument = async () => {
  const unasked = { onChange: () => () => undefined, status: () => ({ shards: [] }) };
  const server = Fastify();
  await server.register(openApiPlugin);
  await server.register(apiPlugin(unasked));
  await server.ready();
  const document = server.swagger();
  await server.close();
  return document;
};

const queryOf = ({ parameters = [] }) => {
  const asked = parameters.filter((parameter) => parameter.in === "query");
  return {
    type: "object",
    required: asked.filter(({ required }) => required).map(({ name }) => name),
    properties: Object.fromEntries(
      asked.map(({ name, schema, description }) => [name, { ...schema, description }]),
    ),
  };
};

const routeTexts = (document, [name, path]) => {
  const { get } = document.paths[path];
  const answer = get.responses["200"].content["application/json"].schema;
  const query = queryOf(get);
  return [
    ...(Object.keys(query.properties).length === 0
      ? []
      : [declaration(`${name}Query`, `What \`GET ${path}\` is asked with.`, query)]),
    declaration(`${name}Answer`, `${get.summary}: \`GET ${path}\`.`, answer),
  ];
};

const document = await readDocument();
const problem =
  document.paths[ROUTES.Metrics].get.responses["401"].content["application/problem+json"].schema;
const texts = [
  declaration("Problem", "RFC 9457.", problem),
  ...Object.entries(ROUTES).flatMap((route) => routeTexts(document, route)),
];
const wanted = execFileSync("node_modules/.bin/biome", ["format", "--stdin-file-path", "answers.ts"], {
  cwd: root,
  input: HEAD + texts.join("\n"),
  encoding: "utf8",
});
const kept = (() => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
})();

if (process.argv.includes("--check")) {
  if (kept !== wanted) console.log("serving-layer/client/answers.ts differs: `npm run api` writes it anew");
  process.exitCode = kept === wanted ? 0 : 1;
} else writeFileSync(file, wanted);
