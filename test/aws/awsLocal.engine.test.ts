import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LedgerCounts, TopAnswer } from "@freshet/model";
import type { AwsLineConfig } from "@freshet/storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshet, freshetJson, startFreshet } from "../support/freshet.js";

const APP = ["--app", "examples/news/freshet.config.ts"];
const EVENTS = 400;
const ARTICLES = 17;
const READY_WITHIN_MS = 60_000;
const LOOK_AGAIN_AFTER_MS = 250;
/** All events lie in this minute or the one before. */
const atMs = Date.now();

const aView = (index: number, timeMs: number) => ({
  type: "article_view",
  id: `view-${index}`,
  time: new Date(timeMs).toISOString(),
  article: `article-${(index * index) % ARTICLES}`,
  section: "front",
  cluster: `c${index % 3}`,
  user: `user-${index % 91}`,
  device: "mobile",
  dwellMs: index,
});
const views = Array.from({ length: EVENTS }, (_, index) => aView(index, atMs - (index % 60) * 1_000));
/** Of another day, and so many that each shard gets some: what arrives later finishes the segments before. */
const later = Array.from({ length: 40 }, (_, index) => aView(EVENTS + index, atMs - 3 * 86_400_000));

const expected = (): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { article } of views) counts[article] = (counts[article] ?? 0) + 1;
  return counts;
};

const until = async <T>(what: string, look: () => Promise<T | null | undefined | "" | false>): Promise<T> => {
  for (const startedMs = performance.now(); performance.now() - startedMs < READY_WITHIN_MS; ) {
    const found = await look();
    if (found) return found;
    await sleep(LOOK_AGAIN_AFTER_MS);
  }
  throw new Error(`${what}: not within ${READY_WITHIN_MS / 1000} s`);
};

interface Ledgers {
  readonly ledger: LedgerCounts;
  readonly settledLedger: LedgerCounts;
}

interface Finding {
  readonly verdict: string;
  readonly what: string;
  readonly found: string;
}

describe("the line on local servers of AWS' protocols", () => {
  let dev: ReturnType<typeof startFreshet>;
  let address = "";
  let storeFile = "";
  let output = "";

  beforeAll(async () => {
    dev = startFreshet(["dev", "--on", "aws-local", ...APP, "--port", "0", "--batch-every", "5", "--json"]);
    for (const stream of [dev.child.stdout, dev.child.stderr])
      stream?.on("data", (text: string) => {
        output += text;
      });
    const ended = dev.done.then(({ code }) => {
      throw new Error(`the command ended with ${code}: ${output}`);
    });
    ended.catch(() => undefined);
    const answers = until("the server's address", async () => /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0]);
    address = await Promise.race([answers, ended]);
    storeFile = /--store (\S+)/.exec(output)?.[1] ?? "";
  });
  afterAll(async () => {
    dev.child.kill("SIGKILL");
    await dev.done;
  });

  const top = (): Promise<TopAnswer> =>
    freshetJson(
      "top",
      "articles",
      ...["--window", "1h", "--at", new Date(atMs + 60_000).toISOString(), "--by", "views", "--limit", "100"],
      ...["--store", storeFile, ...APP],
    );
  const counted = async (): Promise<Record<string, unknown>> =>
    Object.fromEntries((await top()).rows.map(({ key, values }) => [key["article"], values["views"]]));

  const post = async (events: readonly object[]): Promise<void> => {
    const response = await fetch(`${address}/v1/events`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(events),
    });
    const { outcomes } = (await response.json()) as {
      readonly outcomes: readonly { readonly status: string }[];
    };
    expect(outcomes.map(({ status }) => status)).toEqual(events.map(() => "stored"));
  };
  const ledgers = async (): Promise<Ledgers> =>
    (await (await fetch(`${address}/v1/status`)).json()) as Ledgers;

  it("takes events in by Kinesis and counts each once, live and settled, also those that come twice", async () => {
    for (const part of [views.slice(0, 250), views.slice(200), views.slice(0, 30)]) await post(part);
    await until(
      "all events in the live answers",
      async () => (await ledgers()).ledger.events === EVENTS + 80,
    );
    expect(await counted()).toEqual(expected());
    await post(later);
    await until("a generation with all events", async () => {
      const { settledLedger } = await ledgers();
      return settledLedger.accepted >= EVENTS && settledLedger.duplicates === 80;
    });
    const status = await freshetJson<Ledgers>("status", "--store", storeFile, ...APP);
    expect(status.ledger).toMatchObject({ accepted: EVENTS + later.length, duplicates: 80, rejected: {} });
    expect(await counted()).toEqual(expected());
  });

  it("is found sound by the doctor, who names the service that is not", async () => {
    const sound = await freshetJson<{ readonly findings: readonly Finding[] }>(
      ...["doctor", "--store", storeFile, ...APP],
    );
    const verdicts = Object.fromEntries(sound.findings.map(({ what, verdict }) => [what, verdict]));
    expect(verdicts).toMatchObject({ stream: "ok", table: "ok", bucket: "ok", log: "ok" });
    const config = JSON.parse(await readFile(storeFile, "utf8")) as AwsLineConfig;
    const wrong = join(dirname(storeFile), "wrong.json");
    for (const [part, what] of [
      [{ table: "no-such" }, "table"],
      [{ stream: "no-such" }, "stream"],
      [{ bucket: "no-such" }, "bucket"],
    ] as const) {
      await writeFile(wrong, JSON.stringify({ ...config, ...part }));
      const run = await freshet("doctor", "--store", wrong, ...APP, "--json");
      expect(run.code).toBe(4);
      const { findings } = JSON.parse(run.stdout) as { readonly findings: readonly Finding[] };
      const problems = findings.filter(({ verdict }) => verdict === "problem");
      expect(problems.map((finding) => finding.what)).toEqual([what]);
      expect(problems[0]?.found).toContain("no-such");
    }
  });

  it("ends with the command, and leaves nothing", async () => {
    dev.child.kill("SIGINT");
    const run = await dev.done;
    expect(run.code).toBe(0);
    expect(existsSync(dirname(storeFile))).toBe(false);
    await expect(fetch(address)).rejects.toThrow();
  });
});
