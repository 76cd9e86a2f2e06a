import { launchChromium } from "./testing/launch.js";
import { drawChanges } from "./testing/drawChanges.js";

const PER_SECOND = 60;
const SECONDS = Number(process.env["FRESHET_BENCH_SECONDS"] ?? 60);
const LONGEST_TASK_MS_MAX = 200;

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
const tell = (result: object): void => void process.stdout.write(`${JSON.stringify(result)}\n`);

const browser = await launchChromium();
const { sent, figures, lagsMs, longTasksMs } = await drawChanges(() => browser.newPage(), {
  perSecond: PER_SECOND,
  seconds: SECONDS,
});
await browser.close();

tell({ seconds: SECONDS, changes: sent, drawn: figures.length });
const missed = lagsMs.filter((ms) => !Number.isFinite(ms)).length;
tell({ name: "dashboard: changes missed", value: missed, unit: "changes", max: 0 });
tell({
  name: "dashboard: longest task",
  value: Math.max(0, ...longTasksMs),
  unit: "ms",
  max: LONGEST_TASK_MS_MAX,
});
tell({ name: "dashboard: change to screen p50", value: at(lagsMs, 0.5), unit: "ms" });
tell({ name: "dashboard: change to screen p99", value: at(lagsMs, 0.99), unit: "ms" });
