import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type App, isApp } from "@freshet/model";
import { createJiti } from "jiti";
import { EXIT, Failure } from "../output/failure.js";

const freshet = fileURLToPath(new URL("../index.js", import.meta.url));

/** Where in the user's file an error arose, as its stack tells: `file:line:column`. */
const placeOf = (file: string, error: unknown): string => {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const at = stack.indexOf(`${file}:`);
  return at < 0 ? file : (/^[^\s)]+/.exec(stack.slice(at))?.[0] ?? file);
};

/** Loads a TypeScript config. @throws Failure with the file, the place and what was expected. */
export const loadApp = async (path: string): Promise<App> => {
  const file = resolve(path);
  if (!existsSync(file)) {
    throw new Failure(
      `${file}: there is no such file. Give --app CONFIG, or begin with \`freshet init\`.`,
      EXIT.usage,
    );
  }
  const jiti = createJiti(import.meta.url, { alias: { freshet }, fsCache: false });
  let module: { readonly default?: unknown };
  try {
    module = await jiti.import(file);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Failure(`${placeOf(file, error)}: ${message}`, EXIT.usage);
  }
  if (!isApp(module.default)) {
    throw new Failure(`${file}: expected \`export default defineApp({ events, metrics })\`.`, EXIT.usage);
  }
  return module.default;
};
