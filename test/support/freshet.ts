import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const bin = join(root, "cli/bin/freshet.js");
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

export const repositoryFile = (path: string): string => join(root, path);

export interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the built CLI; the process is the caller's to end. */
export const startFreshet = (
  args: readonly string[],
): { readonly child: ChildProcess; readonly done: Promise<Run> } => {
  const child = spawn(process.execPath, [bin, ...args], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const out = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      if (out[name].length < OUTPUT_BYTES_MAX) out[name] += text;
    });
  }
  const done = new Promise<Run>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, ...out }));
  });
  return { child, done };
};

export const freshet = (...args: readonly string[]): Promise<Run> => startFreshet(args).done;

/** Runs a command that must succeed and reads its `--json`. */
export const freshetJson = async <T>(...args: readonly string[]): Promise<T> => {
  const run = await freshet(...args, "--json");
  if (run.code !== 0)
    throw new Error(`freshet ${args.join(" ")} ended with ${run.code ?? run.signal}\n${run.stderr}`);
  return JSON.parse(run.stdout) as T;
};

/** A directory that is removed when the test is over. */
export const temporaryDirectory = (): { readonly path: string; remove(): void } => {
  const path = mkdtempSync(join(tmpdir(), "freshet-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};
