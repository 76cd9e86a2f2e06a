import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { bundle } from "./bundle.js";

/** Where a function runs, there is nothing but its file and Node: whatever else is asked for is not there, wherever this machine has it. */
const ALONE = `
  import { isBuiltin } from "node:module";
  export const resolve = (specifier, context, next) => {
    if (!isBuiltin(specifier) && !/^(?:\\.|file:|data:)/.test(specifier)) throw new Error("asks for " + specifier);
    return next(specifier, context);
  };`;
const LOAD = `
  import { register } from "node:module";
  register("data:text/javascript," + encodeURIComponent(process.argv[2]));
  const { handler } = await import(process.argv[1]);
  console.log(typeof handler);`;

const load = async (file: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...["--no-warnings", "--input-type=module", "--eval", LOAD, "--", file, ALONE],
  ]);
  return stdout.trim();
};

describe("a function's file", () => {
  it.each(["fold", "ready", "tend", "transform", "watch"] as const)("is all that %s loads", async (name) => {
    const folder = bundle(name);
    onTestFinished(() => rmSync(folder, { recursive: true }));
    expect(await load(pathToFileURL(join(folder, "index.mjs")).href)).toBe("function");
  });

  it("would be found to ask for more", async () => {
    const bare = `data:text/javascript,${encodeURIComponent('import "lmdb"; export const handler = () => {};')}`;
    await expect(load(bare)).rejects.toThrow("asks for lmdb");
  });
});
