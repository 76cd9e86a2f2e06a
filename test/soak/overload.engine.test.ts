import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@freshet/client";
import { createProducer, httpTransport } from "@freshet/sdk";
import { openDataDirectory } from "@freshet/storage";
import { afterAll, beforeAll, expect, it } from "vitest";
import { temporaryDirectory } from "../support/freshet.js";
import { type RunningLine, startLine } from "./line.js";
import { intoTheLog } from "./phases.js";

const HOLD_BACK_AFTER_MS = 2_000;
const HOLD_MS = 3_000;
/** At full speed it folds about 90,000/s with all on one thread (docs/load.md): slowed down, it is offered three times what it can. */
const OVERLOAD = { perSecond: 60_000, seconds: 20, warmUpSeconds: 0, seed: 20_261_121 };
const SHARE_OF_TIME = 0.2;
const AFTERWARDS = { perSecond: 2_000, seconds: 10, warmUpSeconds: 5, seed: 20_261_122 };
/** As of `npm run soak`: with the pages of the log's file that are mapped. */
const MEMORY_MIB_MAX = 6_144;
/** What was accepted and not yet folded when the last event was accepted: as far behind as folding may be, on a busy machine. */
const COUNTED_WITHIN_MS = 15_000;
const FRESHNESS_P50_MS_MAX = 2_000;
const TEST_MS = 240_000;

const directory = temporaryDirectory();
let line: RunningLine;

beforeAll(async () => {
  line = await startLine(directory.path, ["--threads", "0", "--hold-back-after", `${HOLD_BACK_AFTER_MS}ms`]);
});
afterAll(async () => {
  await line.stop();
  directory.remove();
});

const aView = (id: string) => ({
  ...{ type: "article_view", id, time: new Date().toISOString() },
  ...{ article: "a1", cluster: "held", user: "u1", device: "desktop", dwellMs: 1, referrer: "" },
});

const post = (id: string): Promise<Response> =>
  fetch(`${line.address}/v1/events`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(aView(id)),
  });

it("tells HTTP producers when to come again while the log holds them back, and the SDK comes again by itself", async () => {
  const data = await openDataDirectory(line.dataDir);
  try {
    await data.log.holdBack?.(HOLD_MS);
  } finally {
    await data.close();
  }
  const refused = await post("held-1");
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
  const producer = createProducer<Readonly<Record<string, object>>>({
    transport: httpTransport({ url: line.address }),
  });
  const { type, id, time: _time, ...fields } = aView("held-2");
  const outcome = await producer.emit(type, fields, { id });
  await producer.close();
  expect(outcome.kind).toBe("stored");
  await sleep(HOLD_MS);
  expect((await post("held-1")).status).toBe(200);
  const client = createClient({ url: line.address });
  await expect.poll(async () => (await client.status()).ledger.events, { timeout: 10_000 }).toBe(2);
});

it(
  "holds producers back under three times the load, counts all that it accepted, and is fresh again",
  async () => {
    setTimeout(line.slowDown(SHARE_OF_TIME), OVERLOAD.seconds * 1_000);
    const over = await intoTheLog(line, OVERLOAD);
    console.log(
      JSON.stringify({
        name: "overload",
        ...over.counts,
        ...{ settledMs: over.settledMs, countedMs: over.countedMs, mib: Math.max(...line.memoryMiB()) },
      }),
    );
    expect(over.counts.throttled).toBeGreaterThan(0);
    expect(over.counts.failed, over.failures.join("; ")).toBe(0);
    expect(over.correctness.verdict, over.correctness.differences.join("; ")).toBe("equal");
    expect(over.countedMs - over.settledMs).toBeLessThan(COUNTED_WITHIN_MS);
    expect(Math.max(...line.memoryMiB())).toBeLessThan(MEMORY_MIB_MAX);

    const after = await intoTheLog(line, AFTERWARDS);
    console.log(JSON.stringify({ name: "afterwards", ...after.counts, ...after.freshness }));
    expect(after.correctness.verdict, after.correctness.differences.join("; ")).toBe("equal");
    expect(after.counts.throttled).toBe(0);
    expect(after.freshness.p50Ms).toBeLessThan(FRESHNESS_P50_MS_MAX);
  },
  TEST_MS,
);
