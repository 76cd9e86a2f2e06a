import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { TopAnswer } from "@freshet/model";
import { report, startMeasured } from "./measured.js";

/*
 * The whole replay of ten hours of GitHub's events to a settled answer, against what DuckDB alone takes for the same
 * metrics from the same file: events, stars and distinct actors by minute and repository, and by minute and type.
 */
const FILE = "../shared/data/gharchive_minimized_10h.ndjson.gz";
const EVENTS = 266_105;
const SECONDS_MAX = 10;
const PEAK_MIB_MAX = 1_024;
const RATIO_MAX = 10;

const freshet = async (
  ...args: readonly string[]
): Promise<{ readonly stdout: string; readonly peakMiB: number }> => {
  const measured = startMeasured([
    ...args,
    "--app",
    "examples/github/freshet.config.ts",
    "--data",
    data,
    "--json",
  ]);
  const { code, stdout } = await measured.done;
  if (code !== 0) throw new Error(`freshet ${args[0] ?? ""} ended with ${String(code)}`);
  return { stdout, peakMiB: measured.peakMiB() };
};

const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) / 1_000;
};

const duckDbAlone = async (): Promise<void> => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const read = `read_json('${FILE}', columns = {id: 'VARCHAR', dt: 'TIMESTAMP', repo: 'VARCHAR', type: 'VARCHAR', actor: 'VARCHAR'})`;
  await connection.run(`CREATE TABLE events AS SELECT DISTINCT ON (id) * FROM ${read}`);
  await connection.run(`CREATE TABLE repos AS SELECT date_trunc('minute', dt) AS pane, repo, count(*) AS events,
    count(*) FILTER (type = 'watch') AS stars, approx_count_distinct(actor) AS actors FROM events GROUP BY ALL`);
  await connection.run(`CREATE TABLE types AS SELECT date_trunc('minute', dt) AS pane, type, count(*) AS events,
    approx_count_distinct(actor) AS actors FROM events GROUP BY ALL`);
  connection.closeSync();
  instance.closeSync();
};

const directory = mkdtempSync(join(tmpdir(), "freshet-bench-"));
const data = join(directory, "data");
if (!existsSync(FILE)) throw new Error(`${FILE} is missing: this benchmark needs the real data`);
try {
  await duckDbAlone();
  const alone = await secondsOf(duckDbAlone);
  const peaks: number[] = [];
  const seconds = await secondsOf(async () => {
    peaks.push((await freshet("replay", FILE)).peakMiB, (await freshet("batch")).peakMiB);
  });
  const { stdout } = await freshet("top", "repo-activity", "--window", "1h");
  const { status } = JSON.parse(stdout) as TopAnswer;
  if (status !== "settled") throw new Error(`the answer is ${status}`);
  const name = "whole replay of the GitHub file to a settled answer";
  report({ name, value: seconds, unit: "s", max: SECONDS_MAX });
  report({
    name: "the same",
    value: seconds,
    unit: "s",
    ratio: seconds / alone,
    against: "DuckDB alone",
    max: RATIO_MAX,
  });
  report({ name: "events", value: EVENTS / seconds, unit: "events/s" });
  report({ name: "most memory of a process", value: Math.max(...peaks), unit: "MiB", max: PEAK_MIB_MAX });
} finally {
  rmSync(directory, { recursive: true, force: true });
}
