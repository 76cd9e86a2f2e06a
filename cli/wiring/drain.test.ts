import { EventEmitter, once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import Fastify from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { drain } from "./drain.js";

/** A server that says when a request is under way, by `asked`, and answers it at `answer`. */
const holding = async () => {
  const app = Fastify();
  const signals = new EventEmitter();
  app.get("/", async () => {
    const answer = once(signals, "answer");
    signals.emit("asked");
    await answer;
    return "whole";
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => {
    signals.emit("answer");
    app.server.closeAllConnections();
  });
  const { port } = app.server.address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${port}/`, signals, asked: once(signals, "asked") };
};

/** Status and body, or what went wrong. */
const ask = (url: string, agent: Agent): Promise<string> =>
  new Promise((resolve) => {
    const failed = ({ message }: Error): void => resolve(message);
    const read = (response: IncomingMessage): void => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () => resolve(`${response.statusCode} ${text}`)).on("error", failed);
    };
    get(url, { agent }, read).on("error", failed);
  });

test("answers what is under way, and ends connections that are kept alive", async () => {
  const { app, url, asked, signals } = await holding();
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const answered = ask(url, agent);
  await asked;
  const drained = drain(app);
  expect(await ask(url, new Agent())).toContain("ECONNREFUSED");
  signals.emit("answer");
  expect(await answered).toBe("200 whole");
  await drained;
});

test("waits for nobody longer than its bound", async () => {
  const { app, url, asked } = await holding();
  const answered = ask(url, new Agent());
  await asked;
  await drain(app, 100);
  expect(await answered).toBe("socket hang up");
});
