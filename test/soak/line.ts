import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** `freshet dev` with the click stream's app, in a process of its own. */
export interface RunningLine {
  readonly address: string;
  readonly dataDir: string;
  /** Of the process, once a second since it answered (Linux; nothing elsewhere). */
  memoryMiB(): readonly number[];
  /** Seconds of processor time so far (Linux; 0 elsewhere). */
  cpuSeconds(): number;
  /** Lets it run for a share of the time alone, until what it returns is called: a machine of any speed is slow then. */
  slowDown(share: number): () => void;
  stop(): Promise<void>;
}

const SLICE_MS = 100;
const SAMPLE_EVERY_MS = 1_000;
const KIB_PER_MIB = 1_024;
const TICKS_PER_SECOND = 100;
const LOG_CHARACTERS_MAX = 20_000;

const readProc = (pid: number | undefined, file: string): string => {
  try {
    return readFileSync(`/proc/${pid ?? 0}/${file}`, "utf8");
  } catch {
    return "";
  }
};

const addressOf = (child: ChildProcess, said: () => string): Promise<string> =>
  new Promise((resolve, reject) => {
    const look = (): void => {
      const address = /http:\/\/[\d.]+:\d+/.exec(said())?.[0];
      if (address) resolve(address);
    };
    child.stdout?.on("data", look);
    child.on("close", (code) => reject(new Error(`freshet dev ended with ${code}: ${said()}`)));
  });

/** From the repository's root. @param more options of `freshet dev` */
export const startLine = async (directory: string, more: readonly string[] = []): Promise<RunningLine> => {
  const dataDir = join(directory, "data");
  const args = [
    "dev",
    "--app",
    "examples/clicks/freshet.config.ts",
    "--data",
    dataDir,
    "--port",
    "0",
    "--retain-log",
    "5m",
    ...more,
  ];
  const child = spawn(process.execPath, ["cli/bin/freshet.js", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      if (said.length < LOG_CHARACTERS_MAX) said += text;
    });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const address = await addressOf(child, () => said);
  const memory: number[] = [];
  const sampling = setInterval(() => {
    const kib = /VmRSS:\s+(\d+) kB/.exec(readProc(child.pid, "status"))?.[1];
    if (kib !== undefined) memory.push(Number(kib) / KIB_PER_MIB);
  }, SAMPLE_EVERY_MS);
  return {
    address,
    dataDir,
    memoryMiB: () => [...memory],
    cpuSeconds() {
      const fields = readProc(child.pid, "stat").split(") ")[1]?.split(" ") ?? [];
      return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND;
    },
    slowDown(share) {
      const resume = (): boolean => child.kill("SIGCONT");
      const slices = setInterval(() => {
        child.kill("SIGSTOP");
        setTimeout(resume, SLICE_MS * (1 - share));
      }, SLICE_MS);
      return () => {
        clearInterval(slices);
        resume();
      };
    },
    async stop() {
      clearInterval(sampling);
      child.kill("SIGTERM");
      const code = await ended;
      if (code !== 0) throw new Error(`freshet dev ended with ${code}: ${said}`);
    },
  };
};
