import { createAccess } from "@freshet/storage";
import Fastify, { type FastifyInstance } from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { createFakeReader } from "../testing/fakeReader.js";
import { openSse } from "../testing/sseClient.js";
import { openWorld, until } from "../testing/world.js";
import { type ApiOptions, apiPlugin } from "./plugin.js";

const SHOP = "https://shop.example";
const ALLOWED = "access-control-allow-origin";

const serve = async (options: ApiOptions): Promise<FastifyInstance> => {
  const app = Fastify({ forceCloseConnections: true });
  await app.register(apiPlugin(createFakeReader(), options));
  onTestFinished(() => app.close());
  return app;
};
const get = async (app: FastifyInstance, url: string, origin = SHOP) =>
  (await app.inject({ url, headers: { origin } })).headers;
const preflight = async (app: FastifyInstance, origin = SHOP, url = "/v1/live?metric=visits") =>
  app.inject({ method: "OPTIONS", url, headers: { origin, "access-control-request-method": "GET" } });

test("pages of the configured origins may ask and follow, with a key and with what they hold; others may not", async () => {
  const app = await serve({ corsOrigins: [SHOP] });
  expect((await preflight(app)).headers).toMatchObject({
    [ALLOWED]: SHOP,
    "access-control-allow-methods": "GET",
    "access-control-allow-headers": "authorization, x-freshet-key, last-event-id, if-none-match",
    vary: "Origin",
  });
  for (const url of ["/v1/metrics", "/v1/metrics/visits/top", "/v1/status"]) {
    expect(await get(app, url)).toMatchObject({
      [ALLOWED]: SHOP,
      "access-control-expose-headers": "etag, retry-after",
    });
    const other = await get(app, url, "https://evil.example");
    expect([url, other[ALLOWED], other["vary"]]).toEqual([url, undefined, "Origin"]);
  }
  expect((await preflight(app, "https://evil.example")).headers[ALLOWED]).toBeUndefined();
});

test("the problem of a question is told to them too, also that a key is needed", async () => {
  const { records } = (await openWorld(1)).data;
  const access = createAccess({ records, now: Date.now, masterKey: "secret", keyless: "nobody" });
  const app = await serve({ corsOrigins: [SHOP], access });
  const refused = await app.inject({ url: "/v1/status", headers: { origin: SHOP } });
  expect([refused.statusCode, refused.headers[ALLOWED]]).toEqual([401, SHOP]);
  const wrong = await app.inject({
    url: "/v1/metrics/visits/top?limit=0",
    headers: { origin: SHOP, authorization: "Bearer secret" },
  });
  expect([wrong.statusCode, wrong.headers[ALLOWED]]).toEqual([400, SHOP]);
  expect((await preflight(app)).statusCode).toBe(204);
});

test("a stream of events is open to them as an answer is", async () => {
  const app = await serve({ corsOrigins: ["*"] });
  const address = await app.listen({ port: 0, host: "127.0.0.1" });
  const client = await openSse(`${address}/v1/live?metric=visits`, { origin: SHOP });
  await until(() => client.events.length === 1);
  expect(client.headers).toMatchObject({
    [ALLOWED]: SHOP,
    vary: "Origin",
    "content-type": "text/event-stream; charset=utf-8",
  });
  client.close();
});

test("none is allowed by default, and never what is no question", async () => {
  const closed = await serve({});
  expect((await get(closed, "/v1/status"))[ALLOWED]).toBeUndefined();
  expect((await preflight(closed)).headers[ALLOWED]).toBeUndefined();
  const open = await serve({ corsOrigins: ["*"] });
  for (const url of ["/metrics", "/healthz", "/"])
    expect([url, (await get(open, url))[ALLOWED]]).toEqual([url, undefined]);
  const posted = await open.inject({
    method: "POST",
    url: "/v1/dead-letters/replay",
    headers: { origin: SHOP },
  });
  expect(posted.headers[ALLOWED]).toBeUndefined();
});
