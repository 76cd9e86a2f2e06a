import { EventEmitter, once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import Fastify from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { createFakeReader } from "../testing/fakeReader.js";
import { noteAllowedMethods } from "./allowedMethods.js";
import { refuseWhileClosing } from "./closing.js";
import { apiPlugin } from "./plugin.js";
import { unroutedProblems } from "./unroutedProblems.js";

/** Sends bytes as they are, and gives the answer's status and problem. */
const open = async () => {
  const app = Fastify(unroutedProblems);
  await app.register(apiPlugin(createFakeReader()));
  onTestFinished(() => app.close());
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  return async (sent: string) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.setEncoding("utf8").on("data", (part: string) => (text += part));
    socket.write(sent);
    await once(socket, "close");
    const [head = "", body = ""] = text.split("\r\n\r\n");
    expect(head.toLowerCase()).toContain("content-type: application/problem+json");
    expect(body.length).toBeLessThan(1_000);
    return { line: head.split(" ")[1], ...(JSON.parse(body) as { status: number; detail: string }) };
  };
};

const LAST = "Connection: close\r\n";
const REST = `HTTP/1.1\r\nHost: localhost\r\n${LAST}`;

test("answers with a problem also what never comes to a route", async () => {
  const send = await open();
  expect(await send(`GET /%zz ${REST}\r\n`)).toMatchObject({ line: "400", status: 400 });
  expect(await send(`GET /v1/metrics/${"a".repeat(9_000)}/top ${REST}\r\n`)).toMatchObject({ status: 414 });
  expect(await send(`GET / ${REST}x: ${"a".repeat(20_000)}\r\n\r\n`)).toMatchObject({
    line: "431",
    status: 431,
    detail: expect.stringContaining("16 KiB"),
  });
  expect(await send("what is this\r\n\r\n")).toMatchObject({ line: "400", status: 400 });
});

test("names the methods that an address is there for, and only where it is there", async () => {
  const app = Fastify(unroutedProblems);
  noteAllowedMethods(app);
  app.post("/v1/events", () => "");
  app.options("/v1/*", () => "");
  await app.register(apiPlugin(createFakeReader()));
  onTestFinished(() => app.close());
  const ask = async (method: "GET" | "POST" | "DELETE", url: string) => {
    const { statusCode, headers, body } = await app.inject({ method, url });
    expect(headers["content-type"]).toContain("application/problem+json");
    return [statusCode, headers["allow"], (JSON.parse(body) as { status: number }).status];
  };
  expect(await ask("POST", "/v1/metrics")).toEqual([405, "GET, HEAD", 405]);
  expect(await ask("DELETE", "/v1/metrics/a%2Fb/top?window=1h")).toEqual([405, "GET, HEAD", 405]);
  expect(await ask("GET", "/v1/events?x")).toEqual([405, "POST", 405]);
  for (const path of ["/v1/metrics/a/b/top", "/v1/metrics//top", "/v1/nothing", "/v1"]) {
    expect(await ask("POST", path)).toEqual([404, undefined, 404]);
  }
});

test("refuses with a problem what comes over a kept connection while it closes", async () => {
  const app = Fastify(unroutedProblems);
  refuseWhileClosing(app);
  const signals = new EventEmitter();
  app.get("/slow", async () => {
    signals.emit("asked");
    await once(signals, "answer");
    return "whole";
  });
  await app.register(apiPlugin(createFakeReader()));
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  let text = "";
  socket.setEncoding("utf8").on("data", (part: string) => (text += part));
  const asked = once(signals, "asked");
  socket.write("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await asked;
  const closed = app.close();
  await nextTurn();
  signals.emit("answer");
  // It comes while the one before is under way: the connection is not idle yet.
  socket.write("GET /v1/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await once(socket, "close");
  await closed;
  const [first = "", second = ""] = text.split(/(?=HTTP\/1\.1 503)/);
  expect(first).toContain("HTTP/1.1 200 OK");
  expect(second.toLowerCase()).toContain("content-type: application/problem+json");
  expect(second.toLowerCase()).toContain("retry-after: 5");
  expect(JSON.parse(second.split("\r\n\r\n")[1] ?? "")).toMatchObject({
    status: 503,
    type: "/problems/closing",
  });
});
