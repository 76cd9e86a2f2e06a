import type { Socket } from "node:net";
import type { TopAnswer } from "@freshet/model";
import Fastify from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { aTop, createFakeReader, type FakeReader } from "../../testing/fakeReader.js";
import { answersOf, openSse, type SseClient } from "../../testing/sseClient.js";
import { until } from "../../testing/world.js";
import { apiPlugin } from "../plugin.js";

const listen = async (reader: FakeReader) => {
  const app = Fastify({ forceCloseConnections: true });
  await app.register(apiPlugin(reader, { live: { answerEveryMs: 5, heartbeatEveryMs: 20 } }));
  const address = await app.listen({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => app.close());
  return {
    app,
    open: (headers = {}): Promise<SseClient> =>
      openSse(`${address}/v1/live?metric=visits&window=1h`, headers),
  };
};

const names = (client: SseClient): string[] => answersOf<TopAnswer>(client.events).map(({ at }) => at);
const kinds = (client: SseClient): string[] => client.events.map(({ event }) => event);

test("sends the answer, then only what changed", async () => {
  const reader = createFakeReader();
  const { open } = await listen(reader);
  const client = await open();
  await until(() => client.events.length === 1);
  reader.change({});
  await until(() => reader.asked.top === 2);
  reader.change({ at: "b" });
  await until(() => client.events.length === 2);
  expect(names(client)[1]).toBe("b");
  expect(kinds(client)).toEqual(["answer", "change"]);
  expect(JSON.parse(client.events[1]?.data ?? "")).toEqual({ of: client.events[0]?.id, set: { at: "b" } });
  expect(new Set(client.events.map(({ id }) => id)).size).toBe(2);
  await until(() => client.comments.length > 1);
  client.close();
});

test("resumes: a client that holds the answer is told nothing, one that holds an older one what changed, any other all", async () => {
  const reader = createFakeReader();
  const { open } = await listen(reader);
  const first = await open();
  await until(() => first.events.length === 1);
  const id = first.events[0]?.id ?? "";
  first.close();
  const same = await open({ "last-event-id": id });
  await until(() => same.comments.length > 0);
  expect(same.events).toEqual([]);
  reader.change({ at: "b" });
  await until(() => same.events.length === 1);
  const older = await open({ "last-event-id": id });
  await until(() => older.events.length === 1);
  expect(kinds(older)).toEqual(["change"]);
  const held = { id, answer: JSON.parse(first.events[0]?.data ?? "") as TopAnswer };
  expect(answersOf(older.events, held)).toEqual([aTop({ at: "b" })]);
  const unknown = await open({ "last-event-id": "of another server" });
  await until(() => unknown.events.length === 1);
  expect([kinds(unknown), names(unknown)]).toEqual([["answer"], ["b"]]);
});

test("reckons one answer for all who follow a question, and none once they are gone", async () => {
  const reader = createFakeReader();
  const { open } = await listen(reader);
  const clients = await Promise.all(Array.from({ length: 20 }, () => open()));
  await until(() => clients.every(({ events }) => events.length === 1));
  expect(reader.asked.top).toBe(1);
  reader.change({ at: "b" });
  await until(() => clients.every(({ events }) => events.length === 2));
  expect(reader.asked.top).toBe(2);
  for (const client of clients) client.close();
  await new Promise((resolve) => setTimeout(resolve, 50));
  reader.change({ at: "c" });
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(reader.asked.top).toBe(2);
});

test("nothing waits for a slow client but the newest answer: it misses what came between, and gets the newest", async () => {
  const reader = createFakeReader();
  const { app, open } = await listen(reader);
  const sockets: Socket[] = [];
  app.server.on("connection", (socket) => sockets.push(socket));
  const slow = await open();
  const quick = await open();
  await until(() => slow.events.length === 1);
  slow.pause();
  // more than the sockets' own buffers hold
  const wide = (index: number) => `${index}`.padEnd(400_000, "y");
  const changes = 60;
  for (let index = 1; index <= changes; index++) {
    reader.change({ at: `${index}`, window: wide(index) });
    await until(() => quick.events.length === index + 1);
  }
  // one event that the socket has not taken whole, of sixty
  const waiting = Math.max(...sockets.map(({ writableLength }) => writableLength));
  expect(waiting).toBeGreaterThan(0);
  expect(waiting).toBeLessThan(2 * wide(0).length);
  slow.resume();
  await until(() => names(slow).at(-1) === `${changes}`);
  expect(slow.events.length).toBeLessThan(changes / 2);
  expect(quick.events.length).toBe(changes + 1);
});

test("ends a question that can no longer be answered with a problem, and streams when the server closes", async () => {
  const reader = createFakeReader();
  const { app, open } = await listen(reader);
  const client = await open();
  await until(() => client.events.length === 1);
  reader.change(new Error("gone"));
  await until(() => client.events.length === 2);
  expect(client.events[1]).toMatchObject({ event: "problem" });
  expect(client.events[1]?.data).not.toContain("gone");
  reader.change({});
  const other = await open();
  await until(() => other.events.length === 1);
  await app.close();
});
