import { createAccess, createAccessKey, type Scope } from "@freshet/storage";
import Fastify, { type FastifyInstance } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import type { Reader } from "../reader/reader.js";
import { createFakeReader } from "../testing/fakeReader.js";
import { aVisit, visitsApp } from "../testing/visits.js";
import { openWorld } from "../testing/world.js";
import { type ApiOptions, apiPlugin } from "./plugin.js";
import {
  MetricsAnswerSchema,
  SeriesAnswerSchema,
  StatusAnswerSchema,
  TopAnswerSchema,
  ValueAnswerSchema,
} from "./schemas/answers.js";

const SEED = 7_190;
const T0 = 1_750_000_020_000;

const serve = async (reader: Reader, options: ApiOptions = {}): Promise<FastifyInstance> => {
  const app = Fastify();
  await app.register(apiPlugin(reader, options));
  onTestFinished(() => app.close());
  return app;
};

const served = async () => {
  const world = await openWorld(1);
  world.nowMs = T0 + 100_000;
  await world.publish(visitsApp);
  const shard = world.shards[0] ?? ("" as never);
  await world.segment(shard, T0 / 1000, [aVisit(T0, "x", 3), aVisit(T0 + 1, "a=b&c", 4)]);
  await world.segment(shard, T0 / 1000 + 70, []);
  await world.tipAll();
  return { world, app: await serve(await world.reader()) };
};

test("answers questions in the form of their schemas", async () => {
  const { world, app } = await served();
  const ask = async (url: string, schema: TSchema) => {
    const response = await app.inject(url);
    expect([url, response.statusCode]).toEqual([url, 200]);
    const body: unknown = response.json();
    expect([url, [...Compile(schema).Errors(body)]]).toEqual([url, []]);
    return body;
  };
  const live = "/v1/metrics/visits";
  expect(await ask("/v1/metrics", MetricsAnswerSchema)).toMatchObject({
    metrics: [{ name: "visits", dimensions: [{ name: "page", type: "string" }], pane: "1m" }],
  });
  expect(await ask(`${live}/top?window=1m&by=bytes&limit=1`, TopAnswerSchema)).toMatchObject({
    status: "live",
    rows: [{ key: { page: "a=b&c" }, values: { bytes: 4 } }],
  });
  expect(await ask(`${live}/top?window=1m&where=page%3Dx`, TopAnswerSchema)).toMatchObject({
    rows: [{ key: { page: "x" } }],
  });
  expect(await ask(`${live}/value?window=1m&key=page%3Da%3Db%26c`, ValueAnswerSchema)).toMatchObject({
    values: { bytes: 4, views: 1 },
  });
  await ask(`${live}/series?key=page%3Dx`, SeriesAnswerSchema);
  await world.generation({ [world.shards[0] ?? ""]: T0 / 1000 });
  await ask("/v1/status", StatusAnswerSchema);
  expect((await app.inject("/healthz")).json()).toEqual({ status: "ok" });
});

test("names what is wrong with a question as a problem that says what to change", async () => {
  const { app } = await served();
  const ask = async (url: string) => {
    const response = await app.inject(url);
    expect(response.headers["content-type"]).toContain("application/problem+json");
    return { code: response.statusCode, ...response.json<{ detail: string }>() };
  };
  expect(await ask("/v1/metrics/visit/top")).toMatchObject({ code: 404, status: 404, suggestion: "visits" });
  expect(await ask("/v1/metrics/visits/top?windw=1h")).toMatchObject({
    code: 400,
    suggestion: "window",
    parameter: "windw",
  });
  expect(await ask("/v1/metrics/visits/top?limit=0")).toMatchObject({ code: 400, parameter: "limit" });
  expect(await ask("/v1/metrics/visits/top?window=1h&window=2h")).toMatchObject({
    code: 400,
    parameter: "window",
  });
  expect(await ask("/v1/metrics/visits/top?at=yesterday")).toMatchObject({ code: 400, parameter: "at" });
  expect(await ask("/v1/metrics/visits/value")).toMatchObject({ code: 400, parameter: "key" });
  expect(await ask("/v1/live?metric=visits&kind=series")).toMatchObject({ code: 400, parameter: "key" });
  expect(await ask("/v1/live?metric=nothing-like-it")).toMatchObject({ code: 404 });
  expect(await ask("/v2")).toMatchObject({ code: 404 });
});

test(`never fails on hostile parameters, and bounds every answer (seed ${SEED})`, async () => {
  const { app } = await served();
  const value = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.constantFrom(
      "",
      "1h",
      "9".repeat(30),
      "-1",
      "NaN",
      "1e999",
      "__proto__",
      "page=x",
      "page=\u0000'",
      "0",
      "400d",
      "1m",
      "'; DROP",
      "a".repeat(5_000),
    ),
  );
  const name = fc.constantFrom(
    "window",
    "at",
    "by",
    "limit",
    "where",
    "key",
    "from",
    "to",
    "step",
    "kind",
    "metric",
    "__proto__",
    "constructor",
    "x",
  );
  const path = fc.constantFrom(
    "visits/top",
    "visits/series",
    "visits/value",
    "%00/top",
    "__proto__/top",
    "..%2f/value",
  );
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(path, fc.array(fc.tuple(name, value), { maxLength: 5 }), async (where, pairs) => {
      const query = new URLSearchParams(pairs).toString();
      const response = await app.inject(`/v1/metrics/${where}?${query}`);
      seen.set(response.statusCode, (seen.get(response.statusCode) ?? 0) + 1);
      expect([200, 400, 404, 414]).toContain(response.statusCode);
      expect(response.body.length).toBeLessThan(2_000_000);
    }),
    { seed: SEED, numRuns: 600 },
  );
  expect(seen.get(200)).toBeGreaterThan(10);
  expect(seen.get(400)).toBeGreaterThan(100);
});

test("answers 304 to the tag of the same question and version, and 200 once anything was read", async () => {
  const reader = createFakeReader();
  const app = await serve(reader);
  const url = "/v1/metrics/visits/top?window=1h";
  const first = await app.inject(url);
  const etag = String(first.headers["etag"]);
  expect(first.headers["cache-control"]).toBe("no-cache");
  const again = await app.inject({ url, headers: { "if-none-match": `W/"other", ${etag}` } });
  expect([again.statusCode, again.body]).toEqual([304, ""]);
  expect(reader.asked.top).toBe(1);
  const other = await app.inject({ url: `${url}&limit=3`, headers: { "if-none-match": etag } });
  expect(other.statusCode).toBe(200);
  reader.change({ status: "settled" });
  const changed = await app.inject({ url, headers: { "if-none-match": etag } });
  expect([changed.statusCode, changed.json<{ status: string }>().status]).toEqual([200, "settled"]);
});

test("asks for a key with the scope, but not for the page and for health", async () => {
  const world = await openWorld(1);
  const { records } = world.data;
  const access = createAccess({ records, now: Date.now, masterKey: "secret", keyless: "nobody" });
  const app = await serve(createFakeReader(), { access });
  const key = async (scope: Scope, requestsPerSecond: number | null = null) =>
    (await createAccessKey(records, { name: scope, scopes: [scope], requestsPerSecond }, 0)).text;
  const [emit, read, slow] = [await key("emit"), await key("read"), await key("read", 1)];
  const ask = async (url: string, bearer?: string) => {
    const headers = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
    const { statusCode, headers: answered } = await app.inject({ url, headers });
    return [statusCode, answered["retry-after"] ?? null];
  };
  for (const url of ["/v1/metrics", "/v1/status", "/v1/metrics/visits/top"]) {
    expect(await ask(url)).toEqual([401, null]);
    expect(await ask(url, "wrong")).toEqual([401, null]);
    expect(await ask(url, emit)).toEqual([403, null]);
    expect(await ask(url, read)).toEqual([200, null]);
    expect(await ask(url, "secret")).toEqual([200, null]);
  }
  expect([await ask("/v1/status", slow), await ask("/v1/status", slow)]).toEqual([
    [200, null],
    [429, "1"],
  ]);
  expect(await ask("/v1/live?metric=visits")).toEqual([401, null]);
  expect([await ask("/"), await ask("/healthz")]).toEqual([
    [200, null],
    [200, null],
  ]);
});

test("a failure of ours is a problem without its inside", async () => {
  const reader = createFakeReader();
  reader.change(new Error("secret path /etc"));
  const app = await serve(reader);
  const response = await app.inject("/v1/metrics/visits/top");
  expect(response.statusCode).toBe(500);
  expect(response.body).not.toContain("secret");
});

test("tells Prometheus how the line, the requests and the process are", async () => {
  const { app } = await served();
  await app.inject("/v1/metrics/visits/top?window=1m");
  await app.inject("/v1/metrics/no/top");
  await app.inject("/nowhere/1");
  await app.inject("/nowhere/2");
  const { statusCode, headers, body } = await app.inject("/metrics");
  expect([statusCode, headers["content-type"]]).toEqual([200, expect.stringContaining("text/plain")]);
  const lines = body.split("\n");
  const valueOf = (name: string): number =>
    Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1));
  expect(valueOf('freshet_events_total{outcome="accepted"}')).toBe(2);
  expect(lines.filter((line) => line.startsWith("freshet_shard_lag_seconds{"))).toHaveLength(1);
  const route = "/v1/metrics/:metric/top";
  const counted = (status: number, path: string) =>
    valueOf(`http_request_duration_seconds_count{method="GET",route="${path}",status="${status}"}`);
  expect([counted(200, route), counted(404, route), counted(404, "none")]).toEqual([1, 1, 2]);
  expect(valueOf("process_resident_memory_bytes")).toBeGreaterThan(1e6);
});
