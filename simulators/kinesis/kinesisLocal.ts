import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { freePort } from "./edges/freePort.js";

export interface KinesisLocal {
  /** Plain HTTP/1.1: the SDK needs a NodeHttpHandler, since this server's HTTP/2 breaks on larger bodies. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

export interface KinesisLocalOptions {
  /** How long streams and consumers take to become ACTIVE. */
  readonly transitionMs?: number;
  readonly shardsMax?: number;
}

const READY_WITHIN_MS = 60_000;
const POLL_MS = 100;

/** The server has no option for the address it listens on, so Node is told to take this one wherever none is named. */
const LISTEN_LOCALLY = `
import net from "node:net";
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  const [first, second] = args;
  if (typeof first === "object" && first !== null && "port" in first) args[0] = { ...first, host: "127.0.0.1", ipv6Only: false };
  else if (/^\\d+$/.test(String(first))) args.splice(1, typeof second === "string" || second == null ? 1 : 0, "127.0.0.1");
  return listen.apply(this, args);
};
`;

/**
 * The npm package kinesis-local (kinesis-mock), another implementation of the protocol, as a process of its own on 127.0.0.1.
 * @throws Error where it is not installed (`npm install kinesis-local`), or does not start
 */
export const startKinesisLocal = async ({
  transitionMs = 50,
  shardsMax = 200,
}: KinesisLocalOptions = {}): Promise<KinesisLocal> => {
  const main = createRequire(import.meta.url).resolve("kinesis-local/main.js");
  const [plainPort, tlsPort] = await Promise.all([freePort(), freePort()]);
  const duration = `${transitionMs}ms`;
  const child = spawn(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(LISTEN_LOCALLY)}`, main],
    {
      cwd: dirname(main),
      stdio: "ignore",
      env: {
        KINESIS_MOCK_CERT_PATH: join(dirname(main), "server.json"),
        KINESIS_MOCK_PLAIN_PORT: String(plainPort),
        KINESIS_MOCK_TLS_PORT: String(tlsPort),
        SHARD_LIMIT: String(shardsMax),
        LOG_LEVEL: "ERROR",
        CREATE_STREAM_DURATION: duration,
        DELETE_STREAM_DURATION: duration,
        SPLIT_SHARD_DURATION: duration,
        MERGE_SHARDS_DURATION: duration,
        UPDATE_SHARD_COUNT_DURATION: duration,
        REGISTER_STREAM_CONSUMER_DURATION: duration,
        DEREGISTER_STREAM_CONSUMER_DURATION: duration,
        UPDATE_STREAM_MODE_DURATION: duration,
      },
    },
  );
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  };
  const endpoint = `http://127.0.0.1:${plainPort}`;
  try {
    await untilReady(`${endpoint}/healthcheck`, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint, stop };
};

const untilReady = async (url: string, child: ChildProcess): Promise<void> => {
  for (let waitedMs = 0; waitedMs < READY_WITHIN_MS; waitedMs += POLL_MS) {
    if (child.exitCode !== null)
      throw new Error(`kinesis-local ended with code ${child.exitCode} before it was ready`);
    const isReady = await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`kinesis-local was not ready within ${READY_WITHIN_MS / 1000} s`);
};
