import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const consumer = fileURLToPath(new URL("../../", import.meta.url));
const modules = fileURLToPath(new URL("../../../../node_modules/", import.meta.url));
const LEFT_OUT = /(?:^|\/)(?:dist|node_modules|kclTables|tsconfig\.json)$|\.test\.ts$|\.contract\.ts$/;

/**
 * Runs with the file of a bug's scenario, from a copy of the consumer in which the bug's patch has taken the cure out.
 * One file each, since to look up and transform all that it imports takes longer than to run it.
 */
export const withoutCure = async (name: string, run: (file: string) => Promise<void>): Promise<void> => {
  const copy = mkdtempSync(join(tmpdir(), "freshet-without-cure-"));
  try {
    cpSync(consumer, copy, {
      recursive: true,
      filter: (source) => !LEFT_OUT.test(relative(consumer, source)),
    });
    symlinkSync(modules, join(copy, "node_modules"));
    const bugs = join(copy, "testing/kclBugs");
    execFileSync("git", ["apply", "-p1", join(bugs, `${name}.patch`)], { cwd: copy, stdio: "pipe" });
    const file = join(copy, "scenario.mjs");
    await build({
      entryPoints: [join(bugs, `${name}.ts`)],
      outfile: file,
      bundle: true,
      packages: "external",
      format: "esm",
      platform: "node",
      logLevel: "error",
    });
    await run(file);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
};
