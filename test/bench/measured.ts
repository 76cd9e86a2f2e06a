import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const POLL_MS = 50;

/** A process of the built CLI, with the most memory that it has held (Linux; 0 elsewhere). */
export interface MeasuredProcess {
  readonly child: ChildProcess;
  readonly done: Promise<{ readonly code: number | null; readonly stdout: string }>;
  peakMiB(): number;
}

/** Benchmarks run from the repository's root. */
export const startMeasured = (args: readonly string[]): MeasuredProcess => {
  const child = spawn(process.execPath, ["cli/bin/freshet.js", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let peakMiB = 0;
  const look = setInterval(() => {
    peakMiB = Math.max(peakMiB, highWaterMiB(child.pid));
  }, POLL_MS);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const done = new Promise<{ code: number | null; stdout: string }>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(look);
      if (code !== 0) console.log(stderr);
      resolve({ code, stdout });
    });
  });
  return { child, done, peakMiB: () => peakMiB };
};

const highWaterMiB = (pid: number | undefined): number => {
  try {
    const kib = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid ?? 0}/status`, "utf8"))?.[1];
    return Number(kib ?? 0) / 1024;
  } catch {
    return 0;
  }
};

export interface BenchResult {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ratio?: number;
  readonly against?: string;
  readonly max?: number;
  readonly min?: number;
  /** What the value must be, and what is hoped for, on a machine like the one that the figures are of. */
  readonly mustRate?: number;
  readonly aimRate?: number;
  readonly [detail: string]: string | number | undefined;
}

export const report = (result: BenchResult): void => console.log(JSON.stringify(result));

export const quantile = (values: readonly number[], probability: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(probability * sorted.length))] ?? Number.NaN;
};
