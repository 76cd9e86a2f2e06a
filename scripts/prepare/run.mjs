import { spawn } from "node:child_process";
import { setPriority } from "node:os";

/** Runs a command with its output shown on standard error (or captured), yielding to others if asked; resolves to its exit code. */
export const run = (command, { cwd, env, onOutput, niceness } = {}) =>
  new Promise((resolve, reject) => {
    const [program, ...args] = command;
    const piped = onOutput !== undefined;
    const child = spawn(program, args, {
      cwd,
      env: env ?? process.env,
      stdio: ["ignore", piped ? "pipe" : 2, piped ? "pipe" : 2],
      shell: process.platform === "win32" && program === "npm",
    });
    if (niceness !== undefined && child.pid !== undefined) setPriority(child.pid, niceness);
    child.stdout?.setEncoding("utf8").on("data", onOutput);
    child.stderr?.setEncoding("utf8").on("data", onOutput);
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(signal === null ? code : 1));
  });
