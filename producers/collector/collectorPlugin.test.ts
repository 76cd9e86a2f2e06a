import { networkInterfaces } from "node:os";
import { createProducer, httpTransport } from "@freshet/sdk";
import {
  createAccess,
  createAccessKey,
  entriesOfSpans,
  outcomesOf,
  type ShardLog,
  StorageError,
} from "@freshet/storage";
import Fastify, { type FastifyInstance, type InjectOptions } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readLog, shop, type TemporaryData, temporaryData } from "../fixtures.js";
import { type CollectorOptions, collectorPlugin } from "./collectorPlugin.js";
import { createIntake } from "./intake.js";

const TIME = new Date().toISOString();
const anOrder = (overrides: object = {}): object => ({
  type: "order",
  id: "a",
  time: TIME,
  n: 1,
  ...overrides,
});
const PROBLEM = "application/problem+json";

describe("the collector", () => {
  let data: TemporaryData;
  const servers: FastifyInstance[] = [];
  beforeEach(async () => {
    data = await temporaryData();
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
    await data.remove();
  });

  const serve = async (
    options: Partial<CollectorOptions> = {},
    append?: ShardLog["append"],
  ): Promise<FastifyInstance> => {
    const appendSpans: ShardLog["appendSpans"] | undefined =
      append && (async (spans) => outcomesOf(await append(entriesOfSpans(spans))));
    const log: ShardLog = appendSpans ? { ...data.log, appendSpans } : data.log;
    const server = Fastify({ forceCloseConnections: true });
    servers.push(server);
    const intake = createIntake({ log, app: shop.document, now: Date.now });
    await server.register(collectorPlugin(intake, options));
    return server;
  };
  const post = async (
    server: FastifyInstance,
    payload: string | object | Buffer,
    headers: Record<string, string> = {},
  ) => {
    const request: InjectOptions = {
      method: "POST",
      url: "/v1/events",
      payload,
      headers: { "content-type": "application/json", ...headers },
    };
    const response = await server.inject(request);
    return {
      status: response.statusCode,
      type: response.headers["content-type"],
      headers: response.headers,
      body: response.body === "" ? null : response.json(),
    };
  };
  const withKey = (masterKey: string): Partial<CollectorOptions> => ({
    access: createAccess({ records: data.records, now: Date.now, masterKey, keyless: "nobody" }),
  });
  const stored = { status: "stored" };
  const rejected = (reason: string): object => ({
    status: "rejected",
    reason,
    detail: expect.any(String),
    shard: expect.any(String),
    sequence: expect.stringMatching(/^\d{56}$/),
  });

  it("takes one event, an array, a batch object and NDJSON, and answers for each event in order", async () => {
    const server = await serve();
    expect(await post(server, anOrder())).toMatchObject({ status: 200, body: { outcomes: [stored] } });
    const two = [anOrder({ id: "b" }), anOrder({ id: "c", n: "one" }), 5];
    const outcomes = [stored, rejected("wrong_type"), rejected("malformed")];
    expect(await post(server, two)).toMatchObject({ status: 200, body: { outcomes } });
    expect(await post(server, { events: two })).toMatchObject({ status: 200, body: { outcomes } });
    const lines = `${JSON.stringify(anOrder({ id: "d" }))}\r\n\n{"broken\n${JSON.stringify(anOrder({ id: "e" }))}`;
    expect(
      await post(server, lines, { "content-type": "application/x-ndjson; charset=utf-8" }),
    ).toMatchObject({
      status: 200,
      body: { outcomes: [stored, rejected("malformed"), stored] },
    });
    expect((await readLog(data.log)).events.length).toBe(10);
  });

  it("takes an event of a type that has a field named events for what it is", async () => {
    expect(await post(await serve(), anOrder({ events: [] }))).toMatchObject({
      status: 200,
      body: { outcomes: [stored] },
    });
  });

  it.each([
    ["{", {}],
    ["", {}],
    ["5", {}],
    ['"text"', {}],
    ["null", {}],
    ["[]", {}],
    ['{"events":[]}', {}],
    [Buffer.from([0x22, 0xff, 0x22]), {}],
    ["\n\r\n", { "content-type": "application/x-ndjson" }],
  ])("answers 400 to %j, and keeps nothing", async (payload, headers) => {
    const answer = await post(await serve(), payload, headers);
    expect(answer).toMatchObject({ status: 400, type: PROBLEM, body: { title: "Bad request", status: 400 } });
    expect((await readLog(data.log)).events).toEqual([]);
  });

  it("answers 413 to a body too long, or of too many events", async () => {
    const server = await serve({ bodyBytesMax: 300, eventsMax: 2 });
    const long = await post(server, anOrder({ note: "x".repeat(300) }));
    expect(long).toMatchObject({
      status: 413,
      type: PROBLEM,
      body: { detail: "expected a body of at most 300 bytes" },
    });
    expect(await post(server, [1, 2, 3])).toMatchObject({
      status: 413,
      body: { detail: "3 events: expected at most 2 in one request" },
    });
    expect((await readLog(data.log)).events).toEqual([]);
  });

  it("answers 415 to what is neither JSON nor NDJSON, and to a compressed body", async () => {
    const server = await serve();
    for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
      expect(await post(server, "{}", { "content-type": type })).toMatchObject({
        status: 415,
        type: PROBLEM,
      });
    }
    expect(await post(server, "{}", { "content-encoding": "gzip" })).toMatchObject({
      status: 415,
      type: PROBLEM,
    });
  });

  it("answers 415 to a request without a body, whatever it says of it", async () => {
    const server = await serve();
    for (const headers of [{}, { "content-type": "application/json" }, { "content-length": "0" }]) {
      const response = await server.inject({ method: "POST", url: "/v1/events", headers });
      expect([response.statusCode, response.headers["content-type"]]).toEqual([
        expect.toSatisfy((status: number) => status === 400 || status === 415),
        PROBLEM,
      ]);
    }
  });

  it("answers 401 without a known key, given either way, before it reads the body", async () => {
    const server = await serve(withKey("first"));
    const wanted = { name: "shop", scopes: ["emit"], requestsPerSecond: 1 } as const;
    const { text } = await createAccessKey(data.records, wanted, 0);
    const refused = await post(server, "{", {});
    expect(refused).toMatchObject({ status: 401, type: PROBLEM, headers: { "www-authenticate": "Bearer" } });
    expect((await post(server, anOrder(), { authorization: "Bearer third" })).status).toBe(401);
    expect((await post(server, anOrder(), { authorization: "Basic first" })).status).toBe(401);
    expect((await post(server, anOrder(), { authorization: `Bearer ${text}` })).status).toBe(200);
    expect((await post(server, anOrder(), { "x-freshet-key": "first" })).status).toBe(200);
    expect(await post(server, anOrder(), { "x-freshet-key": text })).toMatchObject({
      status: 429,
      headers: { "retry-after": "1" },
    });
  });

  it("answers 403 to a key without the scope to emit", async () => {
    const server = await serve(withKey("first"));
    const wanted = { name: "page", scopes: ["read", "sql"], requestsPerSecond: null } as const;
    const { text } = await createAccessKey(data.records, wanted, 0);
    expect(await post(server, anOrder(), { authorization: `Bearer ${text}` })).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining("emit") },
    });
  });

  it("answers 429 with Retry-After when the log takes none of the events, 207 when it takes some", async () => {
    const none = await serve({}, async (entries) =>
      entries.map(() => ({ kind: "throttled", retryAfterMs: 1500 })),
    );
    expect(await post(none, [anOrder(), anOrder({ id: "b" })])).toMatchObject({
      status: 429,
      type: PROBLEM,
      headers: { "retry-after": "2" },
    });
    const some = await serve({}, async (entries) => {
      const first = await data.log.append(entries.slice(0, 1));
      return [...first, ...entries.slice(1).map(() => ({ kind: "throttled", retryAfterMs: 20 }) as const)];
    });
    expect(await post(some, [anOrder(), anOrder({ id: "b" })])).toMatchObject({
      status: 207,
      headers: { "retry-after": "1" },
      body: { outcomes: [stored, { status: "throttled", retryAfterMs: 20 }] },
    });
  });

  it("answers 503 with Retry-After when the log cannot be written, and says nothing of the disk", async () => {
    const server = await serve({}, () =>
      Promise.reject(new StorageError("full", "/secret/path: no space left")),
    );
    const answer = await post(server, anOrder());
    expect(answer).toMatchObject({ status: 503, type: PROBLEM, headers: { "retry-after": "1" } });
    expect(JSON.stringify(answer.body)).not.toContain("secret");
  });

  it("answers 429 to more bytes at once than it holds, and has room again when they are through", async () => {
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const server = await serve({ inFlightBytesMax: 100 }, async (entries) => {
      await gate;
      return data.log.append(entries);
    });
    const first = post(server, anOrder());
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await post(server, anOrder())).toMatchObject({ status: 429, headers: { "retry-after": "1" } });
    go();
    expect((await first).status).toBe(200);
    expect((await post(server, anOrder())).status).toBe(200);
  });

  it("lets pages of the configured origins send, and no others", async () => {
    const server = await serve({ corsOrigins: ["https://shop.example"] });
    const preflight = async (origin: string) =>
      server.inject({
        method: "OPTIONS",
        url: "/v1/events",
        headers: { origin, "access-control-request-method": "POST" },
      });
    const allowed = await preflight("https://shop.example");
    expect(allowed.statusCode).toBe(204);
    expect(allowed.headers).toMatchObject({
      "access-control-allow-origin": "https://shop.example",
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "authorization, content-type, x-freshet-key",
      vary: "Origin",
    });
    expect((await preflight("https://evil.example")).headers["access-control-allow-origin"]).toBeUndefined();
    const answer = await post(server, anOrder(), { origin: "https://shop.example" });
    expect(answer.headers["access-control-allow-origin"]).toBe("https://shop.example");
    const problem = await post(server, "{", { origin: "https://shop.example" });
    expect(problem).toMatchObject({
      status: 400,
      headers: { "access-control-allow-origin": "https://shop.example" },
    });
    const closed = await serve();
    expect(
      (await post(closed, anOrder(), { origin: "https://shop.example" })).headers[
        "access-control-allow-origin"
      ],
    ).toBeUndefined();
  });

  it("leaves other routes of the server as they are", async () => {
    const server = await serve(withKey("key"));
    server.post("/echo", (request) => request.body);
    const response = await server.inject({ method: "POST", url: "/echo", payload: { a: 1 } });
    expect(response.json()).toEqual({ a: 1 });
  });

  it("serves the SDK over a socket, without loss when it is throttled or fails between", async () => {
    let calls = 0;
    const server = await serve(withKey("key"), async (entries) => {
      calls++;
      if (calls % 5 === 2) throw new StorageError("full", "no space left");
      if (calls % 5 === 4) return entries.map(() => ({ kind: "throttled", retryAfterMs: 1 }));
      const half = calls % 5 === 0 ? Math.ceil(entries.length / 2) : entries.length;
      const taken = await data.log.append(entries.slice(0, half));
      if (calls % 5 === 3) throw new StorageError("full", "the answer got lost");
      return [...taken, ...entries.slice(half).map(() => ({ kind: "throttled", retryAfterMs: 1 }) as const)];
    });
    const url = await server.listen({ port: 0, host: "127.0.0.1" });
    const withoutWaits: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      return new Response(response.body, { status: response.status });
    };
    const producer = createProducer<{ order: { n: number; note?: string } }>({
      transport: httpTransport({ url, key: "key", fetch: withoutWaits }),
      batchEventsMax: 7,
      retryBaseMs: 1,
    });
    const ids = Array.from({ length: 200 }, (_, index) => `order-${index}`);
    const outcomes = await Promise.all(
      ids.map((id, n) => producer.emit("order", { n: n === 50 ? 0.5 : n, note: "ü" }, { id })),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(ids.map((_, n) => (n === 50 ? "rejected" : "stored")));
    const found = (await readLog(data.log)).events.map(({ text }) => JSON.parse(text));
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set(ids));
    expect(found.length).toBeGreaterThan(ids.length);
    const byId = new Map<string, string>();
    for (const event of found) {
      expect(byId.get(event.id) ?? event.time).toBe(event.time);
      byId.set(event.id, event.time);
    }
    const wrongKey = createProducer<{ order: { n: number } }>({
      transport: httpTransport({ url, key: "no" }),
      flushAfterMs: 1,
    });
    expect(await wrongKey.emit("order", { n: 1 })).toMatchObject({
      kind: "failed",
      reason: "refused",
      attempts: 1,
      detail: expect.stringContaining("HTTP 401"),
    });
  });

  it("takes nothing without a key that came by another address than loopback", async () => {
    const server = await serve();
    const address = Object.values(networkInterfaces())
      .flat()
      .find((one) => one && !one.internal && one.family === "IPv4")?.address;
    const { port } = new URL(await server.listen({ port: 0, host: "0.0.0.0" }));
    const send = async (host: string): Promise<number> =>
      (
        await fetch(`http://${host}:${port}/v1/events`, {
          method: "POST",
          body: JSON.stringify(anOrder()),
          headers: { "content-type": "application/json" },
        })
      ).status;
    expect(await send("127.0.0.1")).toBe(200);
    if (address !== undefined) expect(await send(address)).toBe(401);
  });
});
