// Everything that needs no running of the product: `npm run check`. Goes through all steps, then tells.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { prepare } from "./prepare/prepare.mjs";
import { run } from "./prepare/run.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = (name) => join(root, "node_modules/.bin", name);
const dashboardTypes = "serving-layer/dashboard/tsconfig.json";

const steps = [
  { name: "format", command: [bin("biome"), "format", "."], mend: "npm run format" },
  { name: "lint", command: [bin("oxlint"), "--deny-warnings"], mend: "npx oxlint --fix mends some of it" },
  { name: "types", command: [bin("tsc"), "-b"] },
  { name: "types of the examples", command: [bin("tsc"), "-p", "examples"] },
  { name: "types of the dashboard page", command: [bin("tsc"), "--noEmit", "-p", dashboardTypes] },
  {
    name: "structure: import directions, API snapshot, docs, tracked files",
    command: [bin("vitest"), "run", "--project", "structure"],
    env: { CI: "true" },
    mend: "npm run api writes the API snapshot and docs/schemas anew",
  },
];

const check = async (step) => {
  const output = [];
  const startedMs = performance.now();
  const code = await run(step.command, {
    cwd: root,
    env: { ...process.env, ...step.env, NO_COLOR: "1", FRESHET_TEST_RESULTS: "" },
    onOutput: (text) => output.push(text),
  });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${code === 0 ? "ok    " : "FAILED"}  ${step.name} (${seconds} s)`);
  if (code !== 0) {
    console.log(output.join("").trimEnd());
    if (step.mend) console.log(`        to mend: ${step.mend}`);
  }
  return code === 0;
};

process.exitCode = await prepare();
if (process.exitCode === 0) {
  const failed = [];
  for (const step of steps) if (!(await check(step))) failed.push(step.name);
  const passed = steps.length - failed.length;
  console.log(
    `check: ${passed} passed, ${failed.length} failed${failed.length > 0 ? `: ${failed.join("; ")}` : ""}`,
  );
  const results = process.env.FRESHET_TEST_RESULTS;
  if (results) writeFileSync(results, JSON.stringify({ kind: "check", passed, failed }));
  process.exitCode = failed.length === 0 ? 0 : 1;
}
