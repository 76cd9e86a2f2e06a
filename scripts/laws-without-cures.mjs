/*
 * Shows that the laws over the wire can fail: `node scripts/laws-without-cures.mjs [NAME...]`, about a minute each. Runs their test in
 * a copy of the repository from which a patch of test/aws/laws/withoutCure has taken a cure out; each must be red.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const patches = join(root, "test/aws/laws/withoutCure");
const TEST = "test/aws/laws/laws.sim.test.ts";
// oxlint-disable-next-line no-control-regex -- the terminal's
const COLOURS = /\u001b\[\d+m/g;
const OURS = ["@freshet", "freshet"];

const copyRepository = () => {
  const copy = mkdtempSync(join(tmpdir(), "freshet-laws-"));
  const listed = execFileSync("git", ["ls-files", "-z", "--cached"], { cwd: root, encoding: "utf8" });
  for (const path of listed.split("\0").filter(Boolean)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(root, path), join(copy, path));
  }
  const modules = join(root, "node_modules");
  mkdirSync(join(copy, "node_modules"));
  for (const name of readdirSync(modules)) {
    const target = join(copy, "node_modules", name);
    // relative links: they lead to the copy's own packages
    if (OURS.includes(name)) cpSync(join(modules, name), target, { recursive: true, verbatimSymlinks: true });
    else symlinkSync(realpathSync(join(modules, name)), target);
  }
  return copy;
};

const isRed = (name) => {
  const copy = copyRepository();
  try {
    execFileSync("git", ["apply", join(patches, `${name}.patch`)], { cwd: copy, stdio: "inherit" });
    const run = spawnSync("npx", ["vitest", "run", "--project", "unit", TEST], {
      cwd: copy,
      encoding: "utf8",
    });
    // Anything else that goes wrong (a copy that does not run) proves nothing.
    const why = /Caused by: (?:AssertionError|SpeedFailure).*/.exec(
      run.stdout + run.stderr.replaceAll(COLOURS, ""),
    )?.[0];
    console.log(`${name}: ${why === undefined ? "NOT RED without its cure" : `red: ${why}`}`);
    return why !== undefined;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
};

const asked = process.argv.slice(2);
const names = readdirSync(patches).map((name) => name.replace(/\.patch$/, ""));
const outcomes = names.filter((name) => asked.length === 0 || asked.includes(name)).map(isRed);
process.exitCode = outcomes.every(Boolean) ? 0 : 1;
