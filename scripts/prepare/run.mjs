import { spawn } from "node:child_process";

/** Runs a command with its output shown on standard error (or captured); resolves to its exit code. */
export const run = (command, { cwd, env, onOutput } = {}) =>
  new Promise((resolve, reject) => {
    const [program, ...args] = command;
    const piped = onOutput !== undefined;
    const child = spawn(program, args, {
      cwd,
      env: env ?? process.env,
      stdio: ["ignore", piped ? "pipe" : 2, piped ? "pipe" : 2],
      shell: process.platform === "win32" && program === "npm",
    });
    child.stdout?.setEncoding("utf8").on("data", onOutput);
    child.stderr?.setEncoding("utf8").on("data", onOutput);
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(signal === null ? code : 1));
  });
