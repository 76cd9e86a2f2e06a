import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { App } from "@freshet/model";
import { createJiti } from "jiti";
import { EXIT, Failure } from "../output/failure.js";

const here = fileURLToPath(new URL("../index.js", import.meta.url));

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Where in the user's file an error arose, from its stack: `file:line:column`. */
const placeIn = (file: string, error: unknown): string => {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const at = stack.indexOf(file);
  return /^[^\s)]*/.exec(stack.slice(Math.max(at, 0)))?.[0] && at >= 0
    ? (/^[^\s)]*/.exec(stack.slice(at))?.[0] ?? file)
    : file;
};

const isApp = (value: unknown): value is App =>
  typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "app";

/** Loads a TypeScript config. @throws Failure with the file, the place and what was expected. */
export const loadApp = async (path: string): Promise<App> => {
  const file = resolve(path);
  if (!existsSync(file)) {
    throw new Failure(`${file}: there is no such file. Give --app CONFIG, or begin with \`freshet init\`.`, EXIT.usage);
  }
  const jiti = createJiti(import.meta.url, { alias: { freshet: here }, fsCache: false, moduleCache: true });
  let module: unknown;
  try {
    module = await jiti.import(file);
  } catch (error) {
    throw new Failure(`${placeIn(file, error)}: ${messageOf(error)}`, EXIT.usage);
  }
  const app = (module as { default?: unknown }).default;
  if (!isApp(app)) {
    throw new Failure(`${file}: expected \`export default defineApp({ events, metrics })\`.`, EXIT.usage);
  }
  return app;
};
