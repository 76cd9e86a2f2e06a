// `npm run bench [-- FILTER]`: runs each `x.bench.ts` in a process of its own, built.
// A benchmark prints its results as lines of JSON: {"name", "value", "unit", "ratio"?, "against"?, "max"?, "min"?, ...};
// `ratio` is against a twin in the same run; beyond `max` or below `min` it fails. Other lines are shown as they are.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { prepare } from "./prepare/prepare.mjs";
import { run } from "./prepare/run.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const SKIPPED = new Set(["node_modules", ".git", ".freshet", ".prepare", "bench-results"]);

const builtBenchmarks = (directory) =>
  readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : builtBenchmarks(path);
    return entry.name.endsWith(".bench.js") && path.includes("/dist/") ? [path] : [];
  });

const nameOf = (file) =>
  relative(root, file)
    .replace("dist/", "")
    .replace(/\.bench\.js$/, "");

const parseResult = (line) => {
  if (!line.startsWith("{")) return null;
  try {
    const result = JSON.parse(line);
    return typeof result.name === "string" && typeof result.value === "number" ? result : null;
  } catch {
    return null;
  }
};

const isWithin = ({ value, ratio, max, min }) => {
  const measured = ratio ?? value;
  return (max === undefined || measured <= max) && (min === undefined || measured >= min);
};

const describe = (result) => {
  const { name, value, unit, ratio, against, max, min } = result;
  const parts = [`${name}: ${Number(value.toPrecision(4))} ${unit}`];
  if (ratio !== undefined) parts.push(`${ratio.toFixed(2)} x ${against ?? "its twin"}`);
  if (max !== undefined) parts.push(`at most ${max}`);
  if (min !== undefined) parts.push(`at least ${min}`);
  return `  ${isWithin(result) ? "     " : "OVER "} ${parts.join(" | ")}`;
};

/** Resolves to its results, or null when it failed. */
const runBenchmark = async (file) => {
  const results = [];
  let rest = "";
  const take = (line) => {
    const result = parseResult(line);
    if (result) results.push(result);
    console.log(result ? describe(result) : `        ${line}`);
  };
  const code = await run([process.execPath, "--expose-gc", file], {
    cwd: root,
    onOutput: (text) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop();
      for (const line of lines) take(line);
    },
  });
  if (rest) take(rest);
  return code === 0 ? results : null;
};

const main = async () => {
  const prepared = await prepare();
  if (prepared !== 0) return prepared;
  const [filter = ""] = process.argv.slice(2);
  const files = builtBenchmarks(root).filter((file) => nameOf(file).includes(filter));
  const all = {};
  let failed = 0;
  for (const file of files) {
    const name = nameOf(file);
    console.log(name);
    const results = await runBenchmark(file);
    all[name] = results;
    if (results === null || results.length === 0 || !results.every(isWithin)) failed++;
  }
  const directory = join(root, "bench-results");
  mkdirSync(directory, { recursive: true });
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length };
  const file = join(directory, `${new Date().toISOString().replaceAll(":", "-")}.json`);
  writeFileSync(file, `${JSON.stringify({ machine, results: all }, null, 2)}\n`);
  console.log(
    `${files.length - failed} of ${files.length} benchmarks within their bounds; ${basename(directory)}/${basename(file)}`,
  );
  return failed === 0 && files.length > 0 ? 0 : 1;
};

process.exitCode = await main();
