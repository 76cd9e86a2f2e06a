import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { createJiti } from "jiti";
import { EXIT, Failure } from "../output/failure.js";

const freshet = fileURLToPath(new URL("../index.js", import.meta.url));

/** Where in the user's file an error arose, as its stack tells: `file:line:column`. */
const placeOf = (file: string, error: unknown): string => {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const at = stack.indexOf(`${file}:`);
  return at < 0 ? file : (/^[^\s)]+/.exec(stack.slice(at))?.[0] ?? file);
};

/** What a TypeScript file of a user's exports by default. @throws Failure with the file, the place and what was expected. */
export const loadModule = async (path: string, ifMissing: string): Promise<unknown> => {
  const file = resolve(path);
  if (!existsSync(file)) throw new Failure(`${file}: there is no such file. ${ifMissing}`, EXIT.usage);
  const jiti = createJiti(import.meta.url, { alias: { freshet }, fsCache: false });
  try {
    const module = await jiti.import<{ readonly default?: unknown }>(file);
    return module.default;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Failure(`${placeOf(file, error)}: ${message}`, EXIT.usage);
  }
};
