import { once } from "node:events";
import { join } from "node:path";
import { startSqsDouble } from "@freshet/sdk/testing";
import type { AwsLineConfig } from "@freshet/storage";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type AwsServices, NAME, startAwsServices } from "../support/awsServices.js";
import { freshet, startFreshet } from "../support/freshet.js";

const APP = ["--app", "examples/news/freshet.config.ts"];
/** For a machine that is busy with other tests. */
const TIMEOUT_MS = 180_000;
const POSTS_AT_ONCE = 8;
const EVENTS_PER_POST = 20;
/** The process is killed once so many posts were answered. */
const ANSWERED_LEAST = 30;
const FOUND_WITHIN_MS = 60_000;
/** Of a message that the killed process had received. */
const VISIBILITY_MS = 300_000;

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly detail: string;
  /** The ids of what it says is safe. */
  readonly safe: readonly string[];
  readonly statuses: readonly string[];
}

const viewsOf = (ids: readonly string[]) =>
  ids.map((id, n) => ({
    ...{ type: "article_view", id, time: Date.now(), article: `a${n % 5}`, section: "front" },
    ...{ cluster: "c", user: `u${n}`, device: "mobile", dwellMs: n },
  }));

const post = async (address: string, ids: readonly string[]): Promise<Answer> => {
  const response = await fetch(`${address}/v1/events`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(viewsOf(ids)),
  });
  const { outcomes = [], detail = "" } = (await response.json()) as {
    readonly outcomes?: readonly { readonly status: string }[];
    readonly detail?: string;
  };
  const statuses = outcomes.map(({ status }) => status);
  const safe = ids.filter((_, index) => ["stored", "spooled"].includes(statuses[index] ?? ""));
  return { status: response.status, retryAfter: response.headers.get("retry-after"), detail, safe, statuses };
};

describe("the collector's spool", () => {
  let aws: AwsServices;
  let made = 0;
  const someIds = (): readonly string[] => Array.from({ length: EVENTS_PER_POST }, () => `view-${made++}`);

  beforeAll(async () => {
    aws = await startAwsServices();
    const published = await freshet("speed", "--once", "--store", aws.storeFile, ...APP);
    expect(published.code, published.stderr).toBe(0);
  }, TIMEOUT_MS);
  afterAll(() => aws.close());

  const serve = async (spool: AwsLineConfig["spool"], name: string) => {
    const store = await aws.storeWith(name, { spool });
    const { child, done } = startFreshet(["serve", "--store", store, ...APP, "--port", "0", "--json"]);
    onTestFinished(async () => {
      child.kill("SIGKILL");
      await done;
    });
    const [printed] = (await once(child.stdout ?? child, "data")) as readonly unknown[];
    const { address } = JSON.parse(String(printed)) as { readonly address: string };
    return { address, child, done };
  };

  const found = (): ReadonlySet<string> =>
    new Set(
      aws.kinesis.recordsOf(NAME).flatMap(({ data }) => {
        const text = Buffer.from(data).toString();
        return text.startsWith("{") ? [(JSON.parse(text) as { readonly id: string }).id] : [];
      }),
    );
  const untilFound = async (ids: readonly string[]): Promise<void> => {
    const until = Date.now() + FOUND_WITHIN_MS;
    while (Date.now() < until && !ids.every((id) => found().has(id)))
      await new Promise((resolve) => setTimeout(resolve, 50));
    const now = found();
    expect(ids.filter((id) => !now.has(id))).toEqual([]);
  };

  /** Posts until the process is killed, in the middle of what it does; returns what it had said is safe. */
  const postUntilKilled = async ({ address, child, done }: Awaited<ReturnType<typeof serve>>) => {
    const safe: string[] = [];
    let answered = 0;
    const poster = async (): Promise<void> => {
      for (;;) {
        const answer = await post(address, someIds()).catch(() => null);
        if (answer === null) return;
        expect(answer.status).toBe(200);
        safe.push(...answer.safe);
        answered += 1;
        if (answered === ANSWERED_LEAST) child.kill("SIGKILL");
      }
    };
    await Promise.all(Array.from({ length: POSTS_AT_ONCE }, poster));
    expect((await done).signal).toBe("SIGKILL");
    return safe;
  };

  it(
    "loses nothing that it acknowledged when the process is killed while Kinesis throttles",
    async () => {
      const spool = { kind: "disk", dir: join(aws.store.localDir, "../spool") } as const;
      const throttled = aws.kinesis.faults.add({ fault: "throttle", operations: ["PutRecords"] });
      const safe = await postUntilKilled(await serve(spool, "disk.json"));
      expect(safe.length).toBeGreaterThanOrEqual(ANSWERED_LEAST * EVENTS_PER_POST);
      expect(found().size).toBe(0);
      throttled();
      const again = await serve(spool, "disk.json");
      await untilFound(safe);
      const answer = await post(again.address, someIds());
      expect(new Set(answer.statuses)).toEqual(new Set(["stored"]));
    },
    TIMEOUT_MS,
  );

  it(
    "answers 503 with Retry-After when the spool is full, and refuses a folder that another process has",
    async () => {
      const spool = {
        kind: "disk",
        dir: join(aws.store.localDir, "../full"),
        bytesMax: 10_000,
      } as const;
      const throttled = aws.kinesis.faults.add({ fault: "throttle", operations: ["PutRecords"] });
      onTestFinished(throttled);
      const { address } = await serve(spool, "full.json");
      const answers: Answer[] = [];
      for (let n = 0; n < 6; n++) answers.push(await post(address, someIds()));
      expect(answers[0]).toMatchObject({ status: 200 });
      expect(new Set(answers[0]?.statuses)).toEqual(new Set(["spooled"]));
      const last = answers.at(-1);
      expect(last).toMatchObject({ status: 503, safe: [] });
      expect(Number(last?.retryAfter)).toBeGreaterThanOrEqual(1);
      expect(last?.detail).toContain("the spool is full; none of the events is in the log");
      const metrics = await (await fetch(`${address}/metrics`)).text();
      const counted = (line: string): number =>
        Number(
          metrics
            .split("\n")
            .find((one) => one.startsWith(`${line} `))
            ?.split(" ")[1],
        );
      const put = 'service="kinesis",operation="PutRecords"';
      expect(counted(`freshet_store_attempts_total{${put},outcome="throttled"}`)).toBeGreaterThan(5);
      expect(counted(`freshet_store_attempts_total{${put},outcome="done"}`)).toBe(0);
      expect(counted(`freshet_store_retries_total{${put}}`)).toBeGreaterThan(0);

      const second = await freshet(
        "serve",
        "--store",
        await aws.storeWith("full.json", { spool }),
        "--port",
        "0",
      );
      expect(second.code).toBe(3);
      expect(second.stderr).toContain("give each process a directory of its own");
    },
    TIMEOUT_MS,
  );

  it(
    "may be a queue of SQS: the same holds, and what the killed process had received comes again",
    async () => {
      let aheadMs = 0;
      const queue = await startSqsDouble({ now: () => Date.now() + aheadMs });
      onTestFinished(() => queue.close());
      const spool = { kind: "sqs", queueUrl: queue.queueUrl } as const;
      const throttled = aws.kinesis.faults.add({ fault: "throttle", operations: ["PutRecords"] });
      const first = await serve(spool, "sqs.json");
      const safe = await postUntilKilled(first);
      expect(queue.size).toBeGreaterThanOrEqual(ANSWERED_LEAST);
      throttled();
      aheadMs = VISIBILITY_MS;
      const again = await serve(spool, "sqs.json");
      await untilFound(safe);
      queue.down.add("SendMessage");
      onTestFinished(aws.kinesis.faults.add({ fault: "throttle", operations: ["PutRecords"] }));
      expect(await post(again.address, someIds())).toMatchObject({ status: 503 });

      const wrong = await aws.storeWith("wrong.json", {
        spool: { kind: "sqs", queueUrl: `${queue.queueUrl}-other` },
      });
      const refused = await freshet("serve", "--store", wrong, "--port", "0");
      expect(refused.code).toBe(3);
      expect(refused.stderr).toMatch(/spool-other: QueueDoesNotExist: .*check its URL/);
    },
    TIMEOUT_MS,
  );
});
