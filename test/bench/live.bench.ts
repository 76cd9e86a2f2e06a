import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openLiveWorld } from "./live/world.js";
import { stall, subscribe, type Subscriber } from "./live/subscriber.js";
import { quantile, report } from "./measured.js";
import { unitsFrom } from "./serving/dice.js";

/*
 * Many who follow one question: reader and API in one process; the writer of increments and all who follow in this one,
 * so that one clock measures. An increment's newest event happens as it is written, and answers say its time (`at`).
 */
const number = (name: string, fallback: number): number => Number(process.env[name] ?? fallback);
const SEED = 20_261_122;
const SUBSCRIBERS = number("FRESHET_BENCH_SUBSCRIBERS", 1_000);
const STALLED = number("FRESHET_BENCH_STALLED", 20);
const INCREMENTS = number("FRESHET_BENCH_INCREMENTS", 60);
const INCREMENT_EVERY_MS = 400;
const EVENTS_PER_INCREMENT = 40;
/** Where every change is hundreds of kilobytes, so that a socket is full soon. */
const EVENTS_PER_WIDE_INCREMENT = 4_000;
const SETTLE_MS = 1_500;
const EVENTS_PER_MINUTE = 2_000;
const OPENED_AT_ONCE = 50;
const P99_MS_MAX = 500;
const MEMORY_MIB_MAX = 300;
/** An answer of the wide question, and what Node keeps of a connection. */
const STALLED_MIB_MAX = 2;
const MIB = 2 ** 20;
const QUESTION = "/v1/live?metric=article-views&by=views&window=15m";
const WIDE_QUESTION = `${QUESTION}&limit=10000`;

interface Held {
  readonly rss: number;
  readonly heapUsed: number;
  readonly arrayBuffers: number;
  /** Bytes that wait in sockets. */
  readonly waiting: number;
  /** Of the processor, since it was last asked. */
  readonly cpuMs: number;
}

const directory = mkdtempSync(join(tmpdir(), "freshet-bench-"));
const world = await openLiveWorld(directory, unitsFrom(SEED), {
  nowMs: Date.now(),
  eventsPerMinute: EVENTS_PER_MINUTE,
});
const role = fileURLToPath(new URL("live/server.js", import.meta.url));
const server = spawn(process.execPath, ["--expose-gc", role, directory], {
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
  const write = async (count: number, events: number): Promise<void> => {
    for (let index = 0; index < count; index++) {
      await sleep(INCREMENT_EVERY_MS);
      await world.write(events, Date.now());
    }
  };
  const shared = { seed: SEED, subscribers: SUBSCRIBERS, increments: INCREMENTS, groups: world.groups };

  let lags: number[] = [];
  let fromMs = Number.POSITIVE_INFINITY;
  const heard = (atMs: number): void => {
    if (atMs >= fromMs) lags.push(Date.now() - atMs);
  };
  const measure = async (events = EVENTS_PER_INCREMENT): Promise<void> => {
    lags = [];
    fromMs = Date.now();
    await write(INCREMENTS, events);
    await sleep(SETTLE_MS);
  };
  const lagOf = (name: string, max: { readonly max?: number }): void =>
    report({
      ...{ name, value: quantile(lags, 0.99), unit: "ms", ...max },
      ...{ p50: quantile(lags, 0.5), most: quantile(lags, 1), ...shared },
    });

  subscribers.push(subscribe(address, QUESTION, heard));
  await subscribers[0]?.opened;
  await held();
  await measure();
  lagOf("live: p99 from increment to the only client", {});
  const one = await held();
  while (subscribers.length < SUBSCRIBERS) {
    const count = Math.min(OPENED_AT_ONCE, SUBSCRIBERS - subscribers.length);
    subscribers.push(...Array.from({ length: count }, () => subscribe(address, QUESTION, heard)));
    await Promise.all(subscribers.map(({ opened }) => opened));
  }
  await held();
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
    name: "live: the server's processor time for an increment",
    value: all.cpuMs / INCREMENTS,
    unit: "ms",
    withOneClient: one.cpuMs / INCREMENTS,
    ...shared,
  });
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
  await write(INCREMENTS / 4, EVENTS_PER_WIDE_INCREMENT);
  const before = await held();
  const stalled = await Promise.all(Array.from({ length: STALLED }, () => stall(address, WIDE_QUESTION)));
  await measure(EVENTS_PER_WIDE_INCREMENT);
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
  await world.close();
} finally {
  for (const subscriber of subscribers) subscriber.close();
  server.kill("SIGTERM");
  await new Promise((resolve) => server.once("exit", resolve));
  rmSync(directory, { recursive: true, force: true });
}
