import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { openCluster } from "./cluster.js";
import type { OpenSearchAuth } from "./config.js";

const headersWith = async (auth: OpenSearchAuth): Promise<IncomingHttpHeaders> => {
  let seen: IncomingHttpHeaders = {};
  const server = createServer((request, response) => {
    seen = request.headers;
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cluster = openCluster({ endpoint, prefix: "p", auth });
  await cluster.send({ tried: "asking", method: "POST", path: "/a/_search", body: { size: 1 } });
  await cluster.close();
  return seen;
};

it.each<[OpenSearchAuth, RegExp]>([
  [{ kind: "none" }, /^$/],
  [{ kind: "basic", username: "ann", password: "pw" }, /^Basic YW5uOnB3$/],
  [
    { kind: "aws", region: "eu-west-1", credentials: { accessKeyId: "AKID", secretAccessKey: "s" } },
    /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/es\/aws4_request, SignedHeaders=.+, Signature=[0-9a-f]{64}$/,
  ],
])("shows who asks: %j", async (auth, authorization) => {
  const headers = await headersWith(auth);
  expect(headers.authorization ?? "").toMatch(authorization);
});
