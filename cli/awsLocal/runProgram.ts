import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../output/failure.js";

const READY_WITHIN_MS = 60_000;
const LOOK_AGAIN_AFTER_MS = 50;
const OUTPUT_CHARS_MAX = 4_000;

export interface RunningProgram {
  readonly endpoint: string;
  stop(): Promise<void>;
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    async (response) => {
      await response.arrayBuffer();
      return true;
    },
    () => false,
  );

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

/**
 * Runs a server on 127.0.0.1 until it is stopped, or this process ends. A terminal's interrupt does not reach it: what uses it
 * stops first. @throws Failure when it does not answer
 */
export const runProgram = async (options: {
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  readonly port: number;
  readonly dir: string;
}): Promise<RunningProgram> => {
  const [program, ...args] = options.command;
  const endpoint = `http://127.0.0.1:${options.port}`;
  const child = spawn(program, args, {
    cwd: options.dir,
    env: { ...process.env, ...options.environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-OUTPUT_CHARS_MAX);
    });
  let failure: Error | null = null;
  child.once("error", (error) => {
    failure = error;
  });
  const stop = async (): Promise<void> => {
    process.off("exit", kill);
    if (failure || hasEnded(child)) return;
    const ended = once(child, "exit");
    kill();
    await ended;
  };
  for (let waitedMs = 0; !(await answers(endpoint)); waitedMs += LOOK_AGAIN_AFTER_MS) {
    if (failure || hasEnded(child) || waitedMs > READY_WITHIN_MS) {
      await stop();
      throw new Failure(`${program} did not start: ${(failure as Error | null)?.message ?? output}`);
    }
    await sleep(LOOK_AGAIN_AFTER_MS);
  }
  return { endpoint, stop };
};
