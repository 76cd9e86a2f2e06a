import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { onTestFinished } from "vitest";

const here = import.meta.dirname;
/** Below a `node_modules`, so that the programs find theirs. */
const outDir = join(
  here,
  "..",
  "..",
  "node_modules",
  ".cache",
  "freshet-storage-programs",
  String(process.pid),
);
process.on("exit", () => rmSync(outDir, { recursive: true, force: true }));

const programs = new Map<string, Promise<string>>();

/** `testing/<name>.ts` as JavaScript that Node runs by itself, in a process or a thread. */
export const compiled = (name: string): Promise<string> => {
  const program = programs.get(name) ?? compile(name);
  programs.set(name, program);
  return program;
};

const compile = async (name: string): Promise<string> => {
  await mkdir(outDir, { recursive: true });
  const outfile = join(outDir, `${name}.mjs`);
  await build({
    entryPoints: [join(here, `${name}.ts`)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["source"],
    external: ["lmdb", "@duckdb/node-api", "typebox", "typebox/*"],
    logLevel: "error",
  });
  return outfile;
};

export interface RunningProgram {
  readonly process: ChildProcess;
  /** Standard output, line by line. */
  readonly lines: AsyncIterator<string>;
  readonly exit: Promise<{
    readonly code: number | null;
    readonly signal: string | null;
    readonly errors: string;
  }>;
}

/** The thread's exit code; call it when the thread is made. */
export const threadExit = (thread: Worker): Promise<number> =>
  new Promise((resolve, reject) => {
    thread.once("exit", resolve);
    thread.once("error", reject);
  });

/** @param wrap Goes before the command, such as a shell that sets a limit. */
export const startProgram = async (
  name: string,
  args: readonly string[],
  wrap: readonly string[] = [],
): Promise<RunningProgram> => {
  const command = [...wrap, process.execPath, await compiled(name), ...args];
  const child = spawn(command[0] as string, command.slice(1), { stdio: ["pipe", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const exit = once(child, "close").then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
    errors,
  }));
  return { process: child, lines: createInterface(child.stdout)[Symbol.asyncIterator](), exit };
};
