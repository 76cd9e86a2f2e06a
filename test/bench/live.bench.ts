import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { EpochMs, ShardId } from "@freshet/model";
import { openDataDirectory } from "@freshet/storage";
import { stall, subscribe, type Subscriber } from "./live/subscriber.js";
import { quantile, report } from "./measured.js";
import { unitsFrom } from "./serving/dice.js";
import { BASE_MS, makeWorld } from "./serving/makeWorld.js";
import { createChain } from "./serving/segments.js";

/*
 * Many who follow one question: reader and API in one process; the writer of increments and all who follow in this one,
 * so that one clock measures. An increment's newest event happens as it is written, and answers say its time (`at`).
 */
const number = (name: string, fallback: number): number => Number(process.env[name] ?? fallback);
const SEED = 20_261_122;
const SUBSCRIBERS = number("FRESHET_BENCH_SUBSCRIBERS", 1_000);
const STALLED = number("FRESHET_BENCH_STALLED", 50);
const INCREMENTS = number("FRESHET_BENCH_INCREMENTS", 60);
const INCREMENT_EVERY_MS = 400;
const EVENTS_PER_INCREMENT = 40;
const SETTLE_MS = 1_500;
const GROUPS = 50_000;
const OPENED_AT_ONCE = 50;
const P99_MS_MAX = 500;
const MEMORY_MIB_MAX = 300;
/** An answer of the wide question, and what Node keeps of a connection. */
const STALLED_MIB_MAX = 2;
const MIB = 2 ** 20;
const QUESTION = "/v1/live?metric=article-views&by=views&window=15m";
/** Hundreds of kilobytes, so that a socket is full soon. */
const WIDE_QUESTION = `${QUESTION}&limit=5000`;

interface Held {
  readonly rss: number;
  readonly heapUsed: number;
  readonly arrayBuffers: number;
  /** Bytes that wait in sockets. */
  readonly waiting: number;
  readonly loopShare: number;
}

const directory = mkdtempSync(join(tmpdir(), "freshet-bench-"));
const startedMs = Date.now();
const clock = (): number => BASE_MS + Date.now() - startedMs;
await makeWorld(directory, SEED, { days: 2, rowsPerDay: 2_000, groups: GROUPS });
const role = fileURLToPath(new URL("live/server.js", import.meta.url));
const server = spawn(process.execPath, ["--expose-gc", role, directory, String(startedMs)], {
  stdio: ["ignore", "pipe", "inherit"],
});
const subscribers: Subscriber[] = [];
try {
  const line = await new Promise<string>((resolve, reject) => {
    server.stdout.setEncoding("utf8").once("data", resolve);
    server.once("exit", () => reject(new Error("the server ended")));
  });
  const { address } = JSON.parse(line) as { readonly address: string };
  const held = async (): Promise<Held> => (await (await fetch(`${address}/bench/memory`)).json()) as Held;
  const mostMib = (): number => {
    const text = readFileSync(`/proc/${server.pid ?? 0}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+) kB/.exec(text)?.[1] ?? Number.NaN) / 1024;
  };
  const data = await openDataDirectory(join(directory, "data"));
  const shard = data.log.identity.roster[0] as ShardId;
  const ends = await Promise.all(
    data.log.identity.roster.map(async (each) => {
      const laid = await data.increments.segments(each, null, 10_000);
      return [each, laid.at(-1)?.lastSequence ?? null] as const;
    }),
  );
  const chain = createChain(data, shard, unitsFrom(SEED), BigInt(ends[0]?.[1] ?? 0));
  const write = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index++) {
      await sleep(INCREMENT_EVERY_MS);
      const nowMs = clock();
      for (let event = 0; event < EVENTS_PER_INCREMENT; event++) await chain.add(nowMs, nowMs);
      await chain.flush(false);
      for (const [each, last] of ends) {
        const lastSequence = each === shard ? chain.last() : last;
        await data.increments.writeTip({ shard: each, atMs: nowMs as EpochMs, lastSequence });
      }
    }
  };
  const shared = { seed: SEED, subscribers: SUBSCRIBERS, increments: INCREMENTS, groups: GROUPS };

  let lags: number[] = [];
  let fromMs = Number.POSITIVE_INFINITY;
  const heard = (atMs: number): void => {
    if (atMs >= fromMs) lags.push(clock() - atMs);
  };
  const measure = async (): Promise<void> => {
    lags = [];
    fromMs = clock();
    await write(INCREMENTS);
    await sleep(SETTLE_MS);
  };
  const lagOf = (name: string, max: { readonly max?: number }): void =>
    report({
      ...{ name, value: quantile(lags, 0.99), unit: "ms", ...max },
      ...{ p50: quantile(lags, 0.5), most: quantile(lags, 1), ...shared },
    });

  subscribers.push(subscribe(address, QUESTION, heard));
  await measure();
  lagOf("live: p99 from increment to the only client", {});
  const one = await held();
  while (subscribers.length < SUBSCRIBERS) {
    const count = Math.min(OPENED_AT_ONCE, SUBSCRIBERS - subscribers.length);
    subscribers.push(...Array.from({ length: count }, () => subscribe(address, QUESTION, heard)));
    await Promise.all(subscribers.map(({ opened }) => opened));
  }
  await measure();
  lagOf("live: p99 from increment to client", { max: P99_MS_MAX });
  report({
    name: "live: increments that each client was told of",
    value: lags.length / (SUBSCRIBERS * INCREMENTS),
    unit: "of all",
    ...shared,
  });
  const all = await held();
  report({
    name: "live: most memory of the server",
    value: mostMib(),
    unit: "MiB",
    max: MEMORY_MIB_MAX,
    withOneClient: one.rss / MIB,
    withAll: all.rss / MIB,
    heapOfOneClientMore: (all.heapUsed - one.heapUsed) / MIB / SUBSCRIBERS,
    ...shared,
  });

  const quick = subscribe(address, WIDE_QUESTION, () => undefined);
  await quick.opened;
  await write(INCREMENTS / 4);
  const before = await held();
  const stalled = await Promise.all(Array.from({ length: STALLED }, () => stall(address, WIDE_QUESTION)));
  await measure();
  const after = await held();
  report({
    name: "live: what waits for a stalled client",
    value: (after.waiting - before.waiting) / MIB / STALLED,
    unit: "MiB",
    max: STALLED_MIB_MAX,
    stalled: STALLED,
    heapMore: (after.heapUsed - before.heapUsed) / MIB,
    buffersMore: (after.arrayBuffers - before.arrayBuffers) / MIB,
    ...shared,
  });
  lagOf("live: p99 from increment to client beside stalled ones", {});
  for (const socket of stalled) socket.destroy();
  quick.close();
  await data.close();
} finally {
  for (const subscriber of subscribers) subscriber.close();
  server.kill("SIGTERM");
  await new Promise((resolve) => server.once("exit", resolve));
  rmSync(directory, { recursive: true, force: true });
}
