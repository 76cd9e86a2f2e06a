import { mkdtempSync, rmSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TopAnswer } from "@freshet/model";
import { createProducer, httpTransport } from "@freshet/sdk";
import { createRandom } from "@freshet/simulators";
import { type MeasuredProcess, quantile, report, startMeasured } from "./measured.js";

/*
 * `npm start` at a load: how long until the first page, and from `emit` until the event shows on the live stream.
 * The probe is an article of its own; its views are counted on the stream.
 */
const EVENTS_PER_SECOND = 2_000;
const PROBES = 300;
const PROBE_EVERY_MAX_MS = 100;
const WARM_UP_MS = 15_000;
const FIRST_PAGE_MS_MAX = 5_000;
const P99_MS_MAX = 1_000;
const STRAGGLERS_MS = 5_000;
const SEED = 7;
const PROBE = "probe";

const addressOf = (process: MeasuredProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let seen = "";
    for (const stream of [process.child.stdout, process.child.stderr]) {
      stream?.on("data", (text: string) => {
        seen += text;
        const address = /http:\/\/[\d.]+:\d+/.exec(seen)?.[0];
        if (address) resolve(address);
      });
    }
    process.child.on("close", () => reject(new Error(`ended without an address: ${seen}`)));
  });

/** Calls back with the probe's views, whenever the live stream brings them. */
const followViews = (address: string, onViews: (views: number) => void): (() => void) => {
  const question = `metric=articles&window=1h&by=views&limit=1&where=${encodeURIComponent(`article=${PROBE}`)}`;
  const request = get(`${address}/v1/live?${question}`, (response) => {
    let text = "";
    response.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = (text + chunk).split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) {
        if (!line.startsWith("data: ")) continue;
        const { rows } = JSON.parse(line.slice("data: ".length)) as TopAnswer;
        onViews(Number(rows[0]?.values["views"] ?? 0));
      }
    });
    response.on("error", () => undefined);
  });
  request.on("error", () => undefined);
  return () => request.destroy();
};

const measureDelays = async (address: string): Promise<readonly number[]> => {
  const emittedMs: number[] = [];
  const delaysMs: number[] = [];
  const unfollow = followViews(address, (views) => {
    for (let seen = delaysMs.length; seen < views; seen++) {
      delaysMs.push(performance.now() - (emittedMs[seen] ?? Number.NaN));
    }
  });
  const random = createRandom(SEED, "probes");
  const producer = createProducer<{ article_view: object }>({ transport: httpTransport({ url: address }) });
  for (let probe = 0; probe < PROBES; probe++) {
    await sleep(random.integer(PROBE_EVERY_MAX_MS));
    emittedMs.push(performance.now());
    void producer.emit("article_view", {
      ...{ article: PROBE, section: "probe", cluster: "probe", user: `probe-${probe}`, device: "desktop" },
      dwellMs: 1,
    });
  }
  await producer.close();
  for (const untilMs = performance.now() + STRAGGLERS_MS; delaysMs.length < PROBES; await sleep(20)) {
    if (performance.now() > untilMs)
      throw new Error(`${PROBES - delaysMs.length} of ${PROBES} probes were never seen`);
  }
  unfollow();
  return delaysMs;
};

const directory = mkdtempSync(join(tmpdir(), "freshet-bench-"));
const startedMs = performance.now();
const running = startMeasured([
  ...["dev", "--app", "examples/news/freshet.config.ts", "--data", join(directory, "data"), "--port", "0"],
  ...["--simulate", "news", "--rate", String(EVENTS_PER_SECOND)],
]);
try {
  const address = await addressOf(running);
  await (await fetch(address)).text();
  report({
    name: "first page after the start",
    value: performance.now() - startedMs,
    unit: "ms",
    max: FIRST_PAGE_MS_MAX,
  });
  await sleep(WARM_UP_MS);
  const delaysMs = await measureDelays(address);
  const name = `emit to visible at ${EVENTS_PER_SECOND} events/s, seed ${SEED}, ${PROBES} probes`;
  report({ name: `${name}, median`, value: quantile(delaysMs, 0.5), unit: "ms" });
  report({ name: `${name}, p99`, value: quantile(delaysMs, 0.99), unit: "ms", max: P99_MS_MAX });
  report({ name: "most memory", value: running.peakMiB(), unit: "MiB" });
} finally {
  running.child.kill("SIGTERM");
  await running.done;
  rmSync(directory, { recursive: true, force: true });
}
