import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { makeLine } from "./line/lineRun.js";
import { quantile, report } from "./measured.js";

/*
 * `POST /v1/events` of `freshet serve`, beside a bare `node:http` that gives back what it is sent, in turns. Servers and
 * what sends are processes of their own; what sends has one request under way a connection.
 */
const number = (name: string, fallback: number): number => Number(process.env[name] ?? fallback);
const SEED = 20_261_126;
const ROUNDS = number("FRESHET_BENCH_ROUNDS", 3);
const SECONDS = number("FRESHET_BENCH_SECONDS", 4);
/** Many wait for one commit. */
const CONNECTIONS = 256;
const EVENTS_OF_MANY = 50;
const ECHO_SHARE_MIN = 1 / 5;
const EVENTS_PER_SECOND = 300_000;
const MS_PER_TICK = 10;

interface Server {
  readonly child: ChildProcess;
  readonly address: string;
}

interface Sent {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of what sends. */
  readonly cpuMs: number;
}

const role = (name: string): string => fileURLToPath(new URL(`collector/${name}.js`, import.meta.url));
const children: ChildProcess[] = [];

const start = async (args: readonly string[]): Promise<Server> => {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const address = await new Promise<string>((resolve, reject) => {
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const found = /http:\/\/[\d.]+:\d+/.exec(text)?.[0];
      if (found !== undefined) resolve(found);
    });
    child.on("exit", () => reject(new Error(`${args[0] ?? ""} ended`)));
  });
  return { child, address };
};

/** Of a process (Linux; 0 elsewhere). */
const cpuMsOf = ({ child }: Server): number => {
  try {
    const fields =
      readFileSync(`/proc/${child.pid ?? 0}/stat`, "utf8")
        .split(") ")[1]
        ?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
  } catch {
    return 0;
  }
};

const send = async (server: Server, path: string, events: number, seed: number) => {
  const args = [role("load"), server.address, path, events, CONNECTIONS, SECONDS, seed].map(String);
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const before = cpuMsOf(server);
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error("what sends failed");
  const sent = JSON.parse(text) as Sent;
  return { ...sent, serverCpuMs: cpuMsOf(server) - before };
};

const line = await makeLine();
try {
  await line.data.close();
  const [collector, echo] = [
    await start(["cli/bin/freshet.js", "serve", "--data", line.data.dir, "--port", "0"]),
    await start([role("echo")]),
  ];
  for (const events of [1, EVENTS_OF_MANY]) {
    const rounds: { readonly ours: Awaited<ReturnType<typeof send>>; readonly ratio: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const twin = await send(echo, "/", events, SEED + round);
      const ours = await send(collector, "/v1/events", events, SEED + round);
      rounds.push({ ours, ratio: ours.requestsPerSecond / twin.requestsPerSecond });
    }
    const middle = (of: (round: (typeof rounds)[number]) => number): number => quantile(rounds.map(of), 0.5);
    const requests = middle(({ ours }) => ours.requestsPerSecond);
    const many = events > 1;
    report({
      name: many ? `collector, ${events} events a request` : "collector, one event a request",
      value: Math.round(many ? requests * events : requests),
      unit: many ? "events/s" : "requests/s",
      ratio: middle(({ ratio }) => ratio),
      against: "a bare echo of node:http",
      ...(many ? { mustRate: EVENTS_PER_SECOND } : { min: ECHO_SHARE_MIN }),
      best: Math.max(...rounds.map(({ ours }) => ours.requestsPerSecond * events)),
      p50Ms: middle(({ ours }) => ours.p50Ms),
      p99Ms: middle(({ ours }) => ours.p99Ms),
      serverUsPerEvent: middle(
        ({ ours }) => (ours.serverCpuMs * 1e3) / (ours.requestsPerSecond * SECONDS * events),
      ),
      clientUsPerEvent: middle(
        ({ ours }) => (ours.cpuMs * 1e3) / (ours.requestsPerSecond * SECONDS * events),
      ),
      ...{ seed: SEED, rounds: ROUNDS, seconds: SECONDS, connections: CONNECTIONS },
    });
  }
} finally {
  for (const child of children) child.kill("SIGTERM");
  await line.end();
}
