import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { picture } from "./bench/picture.mjs";
import { describe, isWithin, parseResult } from "./bench/result.mjs";
import { prepare } from "./prepare/prepare.mjs";
import { run } from "./prepare/run.mjs";

const HELP = `npm run bench [-- NAME ...]

Builds what is not built, and runs each benchmark (x.bench.ts) whose path has one of the names in it, each in a process of its own.
All of them without a name. Ends with 1 when a bound is not kept, or a benchmark fails.

  npm run bench -- --list          the benchmarks
  npm run bench -- hotPath         from log records to increments, beside its slow twins, with a stage table

A benchmark prints its results as lines of JSON: {"name", "value", "unit", ...}. "ratio" is against the twin that "against" names, in the
same run; below "min" or above "max" (of the ratio, or of the value where there is none) it fails; "aim" is hoped for. "best" is of the best
round. "chart": "rates" or "stages" puts it into the picture. Other lines are shown as they are.

bench-results/ gets all of it as JSON with the machine and the versions, and a picture as SVG.

  FRESHET_BENCH_EVENTS, FRESHET_BENCH_ROUNDS   make those of hotPath shorter or longer
`;

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

/** Writes what was measured. Returns where. */
const keep = (machine, all) => {
  const directory = join(root, "bench-results");
  mkdirSync(directory, { recursive: true });
  const name = new Date().toISOString().replaceAll(":", "-");
  const file = join(directory, name);
  writeFileSync(`${file}.json`, `${JSON.stringify({ machine, results: all }, null, 2)}\n`);
  const svg = picture(
    Object.values(all).flatMap((results) => results ?? []),
    machine,
  );
  if (svg !== null) writeFileSync(`${file}.svg`, svg);
  return `${relative(root, file)}.json${svg === null ? "" : " and .svg"}`;
};

const main = async (args) => {
  if (args.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  const prepared = await prepare();
  if (prepared !== 0) return prepared;
  const found = builtBenchmarks(root);
  if (args.includes("--list")) {
    console.log(found.map(nameOf).join("\n"));
    return 0;
  }
  const files = found.filter((file) => args.length === 0 || args.some((name) => nameOf(file).includes(name)));
  if (files.length === 0) {
    console.log(`no benchmark has ${args.join(" or ")} in its path; npm run bench -- --list shows them`);
    return 1;
  }
  const machine = {
    node: process.version,
    v8: process.versions.v8,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    date: new Date().toISOString().slice(0, 10),
  };
  console.log(`Node ${machine.node}, V8 ${machine.v8}, ${machine.cpu}, ${machine.cores} cores`);
  const all = {};
  let failed = 0;
  for (const file of files) {
    const name = nameOf(file);
    console.log(name);
    const results = await runBenchmark(file);
    all[name] = results;
    if (results === null || results.length === 0 || !results.every(isWithin)) failed++;
  }
  const kept = keep(machine, all);
  console.log(`${files.length - failed} of ${files.length} benchmarks within their bounds; ${kept}`);
  return failed === 0 ? 0 : 1;
};

process.exitCode = await main(process.argv.slice(2));
