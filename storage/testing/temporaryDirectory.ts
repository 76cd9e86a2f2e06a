import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A new empty directory that goes when the running test ends. */
export const temporaryDirectory = async (): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), "freshet-storage-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
};
