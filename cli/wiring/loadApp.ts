import { resolve } from "node:path";
import { type App, isApp } from "@freshet/model";
import { EXIT, Failure } from "../output/failure.js";
import { loadModule } from "./loadModule.js";

/** Loads a TypeScript config. @throws Failure with the file, the place and what was expected. */
export const loadApp = async (path: string): Promise<App> => {
  const app = await loadModule(path, "Give --app CONFIG, or begin with `freshet init`.");
  if (!isApp(app)) {
    throw new Failure(
      `${resolve(path)}: expected \`export default defineApp({ events, metrics })\`.`,
      EXIT.usage,
    );
  }
  return app;
};
