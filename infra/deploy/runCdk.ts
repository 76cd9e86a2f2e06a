import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const LAST_CHARS = 4_000;

export interface CdkRun {
  readonly code: number;
  /** The last that it said. */
  readonly output: string;
}

const runNode = async (
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  folder: string,
  onOutput: (text: string) => void,
): Promise<CdkRun> => {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...environment },
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

/** Makes the templates. */
export const runApp = (
  environment: Readonly<Record<string, string>>,
  folder: string,
  onOutput: (text: string) => void,
): Promise<CdkRun> =>
  runNode([fileURLToPath(new URL("../app.js", import.meta.url))], environment, folder, onOutput);

/** Runs the pinned CDK command line. @param onOutput is given what it says */
export const runCdk = (
  args: readonly string[],
  folder: string,
  onOutput: (text: string) => void,
): Promise<CdkRun> => {
  const cdk = join(dirname(createRequire(import.meta.url).resolve("aws-cdk/package.json")), "bin/cdk");
  return runNode([cdk, ...args], { CDK_DISABLE_VERSION_CHECK: "1" }, folder, onOutput);
};
