import { parseArgs } from "node:util";
import type { LoadProgress, LoadResult } from "@freshet/simulators";
import { temporaryDirectory } from "../support/freshet.js";
import { growthOf } from "./growth.js";
import { startLine } from "./line.js";
import { intoTheLog, throughTheCollector } from "./phases.js";

/*
 * `npm run soak`: the embedded line for a long time at the rate of 150 billion events a month, then with three times as much
 * as that, then at a quarter, where it must be itself again. Prints one JSON object a line, as benchmarks do; ends with 1 where something is not
 * as it must be.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "600" },
    rate: { type: "string", default: "58000" },
    "overload-seconds": { type: "string", default: "30" },
  },
});
const SECONDS = Number(values.seconds);
const RATE = Number(values.rate);
const OVERLOAD_SECONDS = Number(values["overload-seconds"]);
const OVERLOAD = 3;
const WARM_UP_SECONDS = 15;
const SEED = 20_261_121;
const FRESHNESS_P99_MS_MAX = 1_000;
const MEMORY_GROWTH_MAX = 0.15;
const MEMORY_MIB_MAX = 6_144;
const RECOVERY_SECONDS = 20;

let failed = 0;
const tell = (name: string, value: number, unit: string, more: object = {}, max?: number): void => {
  if (max !== undefined && !(value <= max)) failed++;
  console.log(JSON.stringify({ name, value, unit, ...(max !== undefined && { max }), ...more }));
};
const expect = (name: string, isSo: boolean, detail: string): void => {
  if (!isSo) failed++;
  console.log(JSON.stringify({ name, value: isSo ? 1 : 0, unit: "so", min: 1, detail }));
};
const progress =
  (phase: string) =>
  (now: LoadProgress): void => {
    if (process.stderr.isTTY || Math.round(now.elapsedMs / 1_000) % 10 === 0)
      console.error(
        `${phase} ${Math.round(now.elapsedMs / 1_000)} s: ${now.stored + now.rejected} of ${now.sent} accepted, visible in p99 ${Math.round(now.freshness.p99Ms)} ms`,
      );
  };
const answersOf = ({ correctness, counts }: LoadResult): string =>
  `${correctness.verdict}; ${counts.failed} failed; ${correctness.differences.join("; ")}`;
const isWhole = ({ correctness, counts }: LoadResult): boolean =>
  correctness.verdict === "equal" && counts.failed === 0;

const directory = temporaryDirectory();
const line = await startLine(directory.path);
try {
  const startedAt = performance.now();
  const held = await intoTheLog(line, {
    ...{ perSecond: RATE, seconds: SECONDS, warmUpSeconds: WARM_UP_SECONDS, seed: SEED },
    onProgress: progress("hold"),
  });
  const memory = line.memoryMiB();
  const cpuUs = (line.cpuSeconds() * 1e6) / held.counts.sent;
  const more = { seed: SEED, seconds: SECONDS, events: held.counts.sent };
  tell(
    `freshness p99 at ${RATE} events/s`,
    held.freshness.p99Ms,
    "ms",
    { ...more, p50: held.freshness.p50Ms, longest: held.freshness.maxMs },
    FRESHNESS_P99_MS_MAX,
  );
  tell("accepted in, p99", held.acceptance.p99Ms, "ms", { behindMaxMs: held.counts.behindMaxMs });
  tell("all counted after", (held.countedMs - held.durationMs) / 1_000, "s");
  tell("processor time of the line an event", cpuUs, "us", {
    wallSeconds: (performance.now() - startedAt) / 1_000,
  });
  tell(
    "memory grows, last third over second",
    growthOf(memory),
    "share",
    { mib: memory.at(-1) ?? 0, most: Math.max(...memory) },
    MEMORY_GROWTH_MAX,
  );
  expect("nothing is lost, nothing counted twice", isWhole(held), answersOf(held));

  const over = await throughTheCollector(line, {
    ...{ perSecond: RATE * OVERLOAD, seconds: OVERLOAD_SECONDS, warmUpSeconds: 0, seed: SEED + 1 },
    onProgress: progress("overload"),
  });
  const took = (over.counts.sent * 1_000) / over.settledMs;
  tell(`taken of ${RATE * OVERLOAD} events/s`, Math.round(took), "events/s", {
    throttled: over.counts.throttled,
  });
  expect(
    "back-pressure reaches the producers",
    over.counts.behindMaxMs > 1_000 || over.counts.throttled > 0,
    `sending fell ${Math.round(over.counts.behindMaxMs)} ms behind; told to come again ${over.counts.throttled} times`,
  );
  expect("all that was accepted is counted", isWhole(over), answersOf(over));
  tell("most memory", Math.max(...line.memoryMiB()), "MiB", {}, MEMORY_MIB_MAX);

  const after = await throughTheCollector(line, {
    ...{ perSecond: RATE / 4, seconds: RECOVERY_SECONDS, warmUpSeconds: 5, seed: SEED + 2 },
    onProgress: progress("recovery"),
  });
  tell(
    "freshness p99 after the overload",
    after.freshness.p99Ms,
    "ms",
    { perSecond: RATE / 4 },
    FRESHNESS_P99_MS_MAX,
  );
  expect("it is whole again", isWhole(after), answersOf(after));
} finally {
  await line.stop();
  directory.remove();
}
process.exitCode = failed === 0 ? 0 : 1;
