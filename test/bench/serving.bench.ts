import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { quantile, report } from "./measured.js";
import { unitsFrom } from "./serving/dice.js";
import { ask, load } from "./serving/load.js";
import { BASE_MS, makeWorld } from "./serving/makeWorld.js";
import { monthOf, TOPS } from "./serving/questions.js";

/*
 * The API under questions that come at random instants while events come in: reader and API in one process on one core,
 * the writer of segments and the asking in others. FRESHET_BENCH_WORLD keeps the world between runs.
 */
const number = (name: string, fallback: number): number => Number(process.env[name] ?? fallback);
const SEED = 20_261_121;
const GROUPS = number("FRESHET_BENCH_GROUPS", 1_000_000);
const DAYS = number("FRESHET_BENCH_DAYS", 30);
const ROWS_PER_DAY = number("FRESHET_BENCH_ROWS", 200_000);
const QUESTIONS_PER_SECOND = number("FRESHET_BENCH_RATE", 500);
const EVENTS_PER_SECOND = number("FRESHET_BENCH_EVENTS_RATE", 10_000);
const SECONDS = number("FRESHET_BENCH_SECONDS", 45);
const WARM_SECONDS_MAX = number("FRESHET_BENCH_WARM", 300);
/** Small: what a scavenge copies makes the questions wait that come meanwhile. */
const SEMI_SPACE_MIB = number("FRESHET_BENCH_SEMI_SPACE", 8);
const P50_MS_MAX = 2;
const P99_MS_MAX = 10;
const AGE_MS_MAX = 1_000;

const role = (name: string): string => fileURLToPath(new URL(`serving/${name}.js`, import.meta.url));
const pins = spawnSync("taskset", ["-c", "0", "true"]).status === 0;
const children: ChildProcess[] = [];

/** A process on one core. Resolves to its first line. */
const start = async (
  core: number,
  args: readonly string[],
): Promise<{ child: ChildProcess; line: string }> => {
  // What writes shares its core with what asks, which comes first: its waits would count as the server's.
  const yields = args[0] === role("feeder") ? ["nice", "-n", "10"] : [];
  const command = pins
    ? ["taskset", "-c", String(core), ...yields, process.execPath, ...args]
    : [process.execPath, ...args];
  const child = spawn(command[0] as string, command.slice(1), { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const line = await new Promise<string>((resolve, reject) => {
    let text = "";
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      if (text.includes("\n")) resolve(text.split("\n")[0] as string);
    });
    child.on("exit", () => reject(new Error(`${args[0] ?? ""} ended`)));
    if (args.includes("--quiet")) resolve("");
  });
  return { child, line };
};

/** So many answers in time running: the days are in memory. */
const MONTHS_TIMED = 3;

/** Every question once, and again, as open dashboards do, until a month is in memory; then random keys until they are answered in time. */
const warm = async (address: string, clock: () => number): Promise<number> => {
  const fromMs = performance.now();
  const inTime = (): boolean => performance.now() - fromMs < WARM_SECONDS_MAX * 1_000;
  await Promise.all(TOPS.map((path) => ask(address, path)));
  const unit = unitsFrom(SEED + 2);
  let month = 0;
  while (month < MONTHS_TIMED && inTime()) {
    const askedMs = performance.now();
    await ask(address, monthOf(unit, clock()));
    if (performance.now() - askedMs > P99_MS_MAX) {
      month = 0;
      await Promise.all(TOPS.map((path) => ask(address, path)));
      await sleep(1_000);
    } else month++;
  }
  while (inTime()) {
    const { measured } = await load(address, {
      perSecond: QUESTIONS_PER_SECOND / 2,
      seconds: 2,
      unit,
      clock,
    });
    if (
      quantile(
        measured.map(({ tookMs }) => tookMs),
        0.9,
      ) < P99_MS_MAX
    )
      break;
  }
  return (performance.now() - fromMs) / 1_000;
};

const kept = process.env["FRESHET_BENCH_WORLD"];
const directory = mkdtempSync(join(tmpdir(), "freshet-bench-"));
try {
  const world = kept ?? join(directory, "world");
  if (!existsSync(world)) {
    const groups = await makeWorld(world, SEED, { days: DAYS, rowsPerDay: ROWS_PER_DAY, groups: GROUPS });
    report({ name: "world of the serving benchmark", value: groups, unit: "live groups", seed: SEED });
  }
  const dir = join(directory, "run");
  cpSync(world, dir, { recursive: true });
  const startedMs = Date.now();
  const clock = (): number => BASE_MS + Date.now() - startedMs;
  const limits = ["--max-old-space-size=8192", `--max-semi-space-size=${SEMI_SPACE_MIB}`];
  const { line } = await start(0, [...limits, role("server"), dir, String(startedMs)]);
  const { address, startedInMs } = JSON.parse(line) as { address: string; startedInMs: number };
  await start(1, [
    role("feeder"),
    dir,
    String(EVENTS_PER_SECOND),
    String(SEED + 1),
    String(startedMs),
    "--quiet",
  ]);
  await sleep(1_000);
  const warmSeconds = await warm(address, clock);
  await ask(address, "/bench/start");
  const unit = unitsFrom(SEED + 3);
  const run = await load(address, { perSecond: QUESTIONS_PER_SECOND, seconds: SECONDS, unit, clock });
  const inside = JSON.parse((await ask(address, "/bench/stop")).text) as Record<string, number>;
  const details = {
    ...{ seed: SEED, groups: GROUPS, days: DAYS, rowsPerDay: ROWS_PER_DAY },
    ...{ questionsPerSecond: QUESTIONS_PER_SECOND, eventsPerSecond: EVENTS_PER_SECOND, seconds: SECONDS },
    semiSpaceMib: SEMI_SPACE_MIB,
  };
  for (const kind of ["all", "top", "value", "series"] as const) {
    const those = run.measured.filter((each) => kind === "all" || each.kind === kind);
    const times = those.map(({ tookMs }) => tookMs);
    const bounds =
      kind === "all" ? { p50: { max: P50_MS_MAX }, p99: { max: P99_MS_MAX } } : { p50: {}, p99: {} };
    const bad = those.filter(({ status }) => status !== 200).length;
    const bytes = Math.round(those.reduce((sum, each) => sum + each.bytes, 0) / those.length);
    report({
      name: `answers, ${kind}: p50`,
      value: quantile(times, 0.5),
      unit: "ms",
      ...bounds.p50,
      ...details,
    });
    report({
      ...{ name: `answers, ${kind}: p99`, value: quantile(times, 0.99), unit: "ms", ...bounds.p99 },
      ...{ p90: quantile(times, 0.9), p999: quantile(times, 0.999), most: Math.max(...times) },
      ...{ count: times.length, bad, bytes },
    });
  }
  const ages = run.measured.flatMap(({ ageMs }) => ageMs ?? []);
  report({
    ...{ name: "age of the oldest answer", value: Math.max(...ages), unit: "ms", max: AGE_MS_MAX },
    ...{ p50: quantile(ages, 0.5), p99: quantile(ages, 0.99) },
  });
  report({
    ...{ name: "the server's share of its core", value: inside["cpuShare"] ?? 0, unit: "cores", ...inside },
    ...{ startedInMs, warmSeconds, leftOut: run.leftOut, askedLateP99: quantile(run.lateMs, 0.99) },
  });
} finally {
  for (const child of children) child.kill("SIGKILL");
  await sleep(500);
  rmSync(directory, { recursive: true, force: true });
}
