import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const LAST_CHARS = 4_000;

export interface CdkRun {
  readonly code: number;
  /** The last that it said. */
  readonly output: string;
}

/** Runs the pinned CDK command line. @param onOutput is given what it says */
export const runCdk = async (
  args: readonly string[],
  folder: string,
  onOutput: (text: string) => void,
): Promise<CdkRun> => {
  const cdk = join(dirname(createRequire(import.meta.url).resolve("aws-cdk/package.json")), "bin/cdk");
  const child = spawn(process.execPath, [cdk, ...args], {
    cwd: folder,
    env: { ...process.env, CDK_DISABLE_VERSION_CHECK: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-LAST_CHARS);
      onOutput(text);
    });
  const [code] = (await once(child, "close")) as [number | null];
  return { code: code ?? 1, output };
};
