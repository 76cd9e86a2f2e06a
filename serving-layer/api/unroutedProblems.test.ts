import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import Fastify from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { createFakeReader } from "../testing/fakeReader.js";
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
