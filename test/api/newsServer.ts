import { once } from "node:events";
import { join } from "node:path";
import { freshetJson, startFreshet } from "../support/freshet.js";

const APP = "examples/news/freshet.config.ts";
const VIEWS = 200;
const ATTEMPTS_MAX = 600;
const ATTEMPT_EVERY_MS = 100;

export interface NewsServer {
  readonly address: string;
  /** Allows everything. */
  readonly key: string;
  readonly ask: (path: string, request?: RequestInit) => Promise<Response>;
  stop(): Promise<void>;
}

const view = (index: number) => ({
  type: "article_view",
  id: `v${index}`,
  time: new Date().toISOString(),
  article: `article-${index % 7}`,
  section: "world",
  cluster: `cluster-${index % 3}`,
  user: `user-${index % 20}`,
  device: "mobile",
  // The last is a dead letter.
  dwellMs: index === VIEWS - 1 ? "long" : index,
});

/** The whole line on the news example as a proxy would reach it: a key is needed. With some views, settled and live. */
export const startNews = async (directory: string): Promise<NewsServer> => {
  const common = ["--app", APP, "--data", join(directory, "data")];
  const { key } = await freshetJson<{ key: string }>(
    "keys",
    "create",
    "a test",
    "--scopes",
    "admin",
    ...common,
  );
  const { child, done } = startFreshet([
    "dev",
    ...common,
    "--port",
    "0",
    "--batch-every",
    "3",
    "--trust-proxy",
    "loopback",
    "--json",
  ]);
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await done;
  };
  const started = await Promise.race([
    once(child.stdout ?? child, "data").then(([text]) => String(text)),
    done.then(({ stderr }) => Promise.reject(new Error(`the server ended: ${stderr}`))),
  ]);
  const { address } = JSON.parse(started) as { readonly address: string };
  const ask: NewsServer["ask"] = (path, request = {}) =>
    fetch(`${address}${path}`, {
      ...request,
      headers: { authorization: `Bearer ${key}`, ...(request.headers as Record<string, string> | undefined) },
    });
  try {
    const body = JSON.stringify(Array.from({ length: VIEWS }, (_, index) => view(index)));
    await ask("/v1/events", { method: "POST", headers: { "content-type": "application/json" }, body });
    for (let attempt = 0; ; attempt++) {
      const status = (await (await ask("/v1/status")).json()) as { settledLedger: { events: number } };
      if (status.settledLedger.events === VIEWS) return { address, key, ask, stop };
      if (attempt > ATTEMPTS_MAX) throw new Error(`batch never counted the views: ${JSON.stringify(status)}`);
      await new Promise((resolve) => setTimeout(resolve, ATTEMPT_EVERY_MS));
    }
  } catch (error) {
    await stop();
    throw error;
  }
};
