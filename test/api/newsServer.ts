import { once } from "node:events";
import { join } from "node:path";
import { freshetJson, startFreshet } from "../support/freshet.js";

const APP = "examples/news/freshet.config.ts";
/** A round. */
const VIEWS = 50;
const ROUNDS_MAX = 120;
const ROUND_EVERY_MS = 1_000;

interface Status {
  readonly settledLedger: { readonly events: number };
}

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
  // The last of a round is a dead letter.
  dwellMs: index % VIEWS === VIEWS - 1 ? "long" : index,
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
    // A segment ends when its shard's next record comes: views go on coming until batch has counted some.
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const views = Array.from({ length: VIEWS }, (_, index) => view(round * VIEWS + index));
      const headers = { "content-type": "application/json" };
      await ask("/v1/events", { method: "POST", headers, body: JSON.stringify(views) });
      await new Promise((resolve) => setTimeout(resolve, ROUND_EVERY_MS));
      const { settledLedger } = (await (await ask("/v1/status")).json()) as Status;
      if (settledLedger.events >= VIEWS) return { address, key, ask, stop };
    }
    throw new Error(`batch counted nothing in ${ROUNDS_MAX} rounds`);
  } catch (error) {
    await stop();
    throw error;
  }
};
