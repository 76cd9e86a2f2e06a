import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { Script } from "node:vm";
import { type Client, createClient, ProblemError, UnreachableError } from "@freshet/client";
import { createAccess, createAccessKey } from "@freshet/storage";
import Fastify, { type FastifyInstance } from "fastify";
import { expect, onTestFinished, test } from "vitest";
import type { Reader } from "../reader/reader.js";
import { aTop, createFakeReader } from "../testing/fakeReader.js";
import { aVisit, visitsApp } from "../testing/visits.js";
import { openWorld, until } from "../testing/world.js";
import { type ApiOptions, apiPlugin } from "./plugin.js";

const T0 = 1_750_000_020_000;
const QUICK = { live: { answerEveryMs: 5, heartbeatEveryMs: 20 } };

const listen = async (
  reader: Reader,
  { port = 0, ...options }: ApiOptions & { readonly port?: number } = {},
): Promise<{ readonly app: FastifyInstance; readonly url: string; readonly port: number }> => {
  const app = Fastify({ forceCloseConnections: true });
  await app.register(apiPlugin(reader, { ...QUICK, ...options }));
  const url = await app.listen({ port, host: "127.0.0.1" });
  onTestFinished(() => app.close());
  return { app, url, port: (app.server.address() as AddressInfo).port };
};

const visits = async () => {
  const world = await openWorld(1);
  world.nowMs = T0 + 100_000;
  await world.publish(visitsApp);
  const [shard] = world.shards;
  if (!shard) throw new Error("no shard");
  await world.segment(shard, T0 / 1000, [aVisit(T0, "x", 3), aVisit(T0 + 1, "a=b&c", 4)]);
  await world.segment(shard, T0 / 1000 + 70, []);
  await world.tipAll();
  const reader = await world.reader();
  return { world, shard, reader };
};

/** Takes answers as they come, at the side. */
const taken = <T>(live: AsyncIterable<T>): { readonly all: T[]; readonly ended: Promise<unknown> } => {
  const all: T[] = [];
  const run = async (): Promise<void> => {
    for await (const answer of live) all.push(answer);
  };
  return { all, ended: run().catch((error: unknown) => error) };
};

test("asks what the reader answers, with keys, filters and instants as values", async () => {
  const { reader } = await visits();
  const { url } = await listen(reader);
  const client = createClient({ url: `${url}/` });
  expect((await client.metrics()).metrics.map(({ name }) => name)).toEqual(["visits"]);
  const top = { window: "1m", by: "bytes", limit: 1 };
  expect(await client.top("visits", top)).toEqual(await reader.top("visits", top));
  const { rows } = await client.top("visits", { window: "1m", where: { page: "a=b&c" } });
  expect(rows.map(({ values }) => values["bytes"])).toEqual([4]);
  const key = rows[0]?.key ?? {};
  expect((await client.value("visits", { key, window: "1m", at: new Date(T0 + 1) })).values["bytes"]).toBe(4);
  expect((await client.series("visits", { key, from: T0, to: T0 + 60_000 })).points).toHaveLength(1);
  expect((await client.status()).shards).toHaveLength(1);
});

test("throws what the server refuses as a problem, and tells it from a server that is not there", async () => {
  const { app, url } = await listen(createFakeReader());
  const client = createClient({ url });
  const refused = await client.top("visits", { limit: 0 }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ProblemError);
  expect((refused as ProblemError).problem).toMatchObject({ status: 400, parameter: "limit" });
  const aborted = AbortSignal.abort(new Error("enough"));
  await expect(client.top("visits", {}, { signal: aborted })).rejects.toThrow("enough");
  await app.close();
  await expect(client.status()).rejects.toBeInstanceOf(UnreachableError);
});

test("sends its key, and says when a key's rate is used up", async () => {
  const { records } = (await openWorld(1)).data;
  const access = createAccess({ records, now: Date.now, masterKey: null, keyless: "nobody" });
  const { url } = await listen(createFakeReader(), { access });
  const made = await createAccessKey(records, { name: "k", scopes: ["read"], requestsPerSecond: 1 }, 0);
  await expect(createClient({ url }).status()).rejects.toMatchObject({ problem: { status: 401 } });
  const client = createClient({ url, key: made.text });
  await client.status();
  await expect(client.status()).rejects.toMatchObject({ problem: { status: 429 }, retryAfterMs: 1_000 });
});

test("live: gives each answer whole, as `top` would, while events come in and batch settles them", async () => {
  const { world, shard, reader } = await visits();
  const { url } = await listen(reader);
  const client = createClient({ url });
  const question = { window: "1m", by: "bytes" };
  const abort = new AbortController();
  const top = taken(client.live.top("visits", question, { signal: abort.signal }));
  const key = { page: "x" };
  const range = { from: T0 - 60_000, to: T0 + 60_000 };
  const series = taken(client.live.series("visits", { key, ...range }, { signal: abort.signal }));
  await until(() => top.all.length === 1 && series.all.length === 1);
  for (let second = 71; second < 79; second++) {
    await world.segment(shard, T0 / 1000 + second, [aVisit(T0 + 70_000, `p${second % 3}`, second)]);
    await world.tipAll();
    const now = await client.top("visits", question);
    await until(async () => {
      const newest = await client.top("visits", question);
      return JSON.stringify(top.all.at(-1)?.rows) === JSON.stringify(newest.rows) && newest.rows.length > 0;
    });
    expect(now.rows.length).toBeGreaterThan(0);
  }
  expect(top.all.at(-1)).toEqual(await client.top("visits", question));
  const statuses = () => series.all.at(-1)?.points.map(({ status }) => status);
  expect(statuses()).toContain("live");
  world.nowMs = T0 + 100_000;
  await world.generation({ [shard]: T0 / 1000 + 78 });
  await until(() => statuses()?.every((status) => status === "settled") ?? false);
  expect(series.all.at(-1)).toEqual(await client.series("visits", { key, ...range }));
  abort.abort(new Error("enough"));
  expect(await top.ended).toMatchObject({ message: "enough" });
  expect(await series.ended).toMatchObject({ message: "enough" });
});

test("live: goes on by itself when the server was away, from the answer that it holds", async () => {
  const reader = createFakeReader();
  const first = await listen(reader);
  const lines: string[] = [];
  const client = createClient({ url: first.url, random: () => 0 });
  const { all } = taken(client.live.top("visits", {}, { onLine: (state) => lines.push(state) }));
  await until(() => all.length === 1);
  await first.app.close();
  await until(() => lines.includes("lost"));
  const second = await listen(reader, { port: first.port });
  await until(() => lines.at(-1) === "open");
  expect(all).toHaveLength(1);
  reader.change({ at: "b" });
  await until(() => all.length === 2);
  expect(all[1]).toEqual(aTop({ at: "b" }));
  await second.app.close();
});

test("live: ends with the problem of a question that is refused", async () => {
  const { url } = await listen(createFakeReader());
  const { all, ended } = taken(createClient({ url }).live.top("visits", { limit: 0 }));
  expect(await ended).toMatchObject({ problem: { status: 400, parameter: "limit" } });
  expect(all).toEqual([]);
});

test("live: a slow reader gets the newest answer, and ends the line by leaving", async () => {
  const reader = createFakeReader();
  const { url } = await listen(reader);
  const seen: string[] = [];
  for await (const { at } of (createClient({ url }) satisfies Client).live.top("visits")) {
    seen.push(at);
    if (at === "5") break;
    for (const next of ["1", "2", "3", "4", "5"]) {
      const asked = reader.asked.top;
      reader.change({ at: next });
      await until(() => reader.asked.top > asked);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(seen).toEqual([aTop().at, "5"]);
  const asked = async (): Promise<number> => {
    const before = reader.asked.top;
    reader.change({});
    await new Promise((resolve) => setTimeout(resolve, 20));
    return reader.asked.top - before;
  };
  await until(async () => (await asked()) === 0);
});

test("does what its README shows", async () => {
  const readme = await readFile(new URL("../client/README.md", import.meta.url), "utf8");
  const [, snippet = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const [, names = ""] = /^import \{ (.*) \} from "@freshet\/client";\n/.exec(snippet) ?? [];
  expect(names).toBe("createClient, ProblemError");
  const { reader } = await visits();
  const { url } = await listen(reader);
  const body = snippet.replace(/^import .*\n/, "").replace("http://127.0.0.1:4600", url);
  const printed: unknown[][] = [];
  const log = (...values: readonly unknown[]) => printed.push([...values]);
  const run = new Script(`(async (createClient, ProblemError, console) => {${body}})`).runInThisContext() as (
    ...given: readonly unknown[]
  ) => Promise<void>;
  await run(createClient, ProblemError, { log });
  expect(printed).toEqual([
    [1, "live", 2, expect.any(Number)],
    ["live", { page: "a=b&c" }],
    [expect.stringContaining('"visit"'), "visits"],
  ]);
});
