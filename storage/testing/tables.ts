import { onTestFinished } from "vitest";
import { type Environment, openEnvironment } from "../lmdb/environment.js";
import { temporaryDirectory } from "./temporaryDirectory.js";

/** Closed when the running test ends. */
export const openTables = async (dir?: string): Promise<Environment> => {
  const environment = await openEnvironment(dir ?? (await temporaryDirectory()), { create: true });
  onTestFinished(() => environment.close());
  return environment;
};
