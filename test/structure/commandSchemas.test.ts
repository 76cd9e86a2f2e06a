import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { readCommandLine } from "./commandLine.js";
import { repositoryFiles, repositoryRoot } from "./repository.js";

const kept = repositoryFiles()
  .map((path) => /^docs\/schemas\/(.+)\.json$/.exec(path)?.[1])
  .filter((command) => command !== undefined);

describe("the schemas of what commands print", () => {
  it("are those that were agreed", async () => {
    const differing = await promisify(execFile)(process.execPath, ["scripts/write-schemas.mjs", "--check"], {
      cwd: repositoryRoot,
    }).then(
      ({ stdout }) => stdout,
      (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
    );
    expect(differing).toBe("");
  }, 60_000);

  it("are kept for every command", async () => {
    const { optionsOf } = await readCommandLine();
    expect(kept.sort()).toEqual(
      Object.keys(optionsOf)
        .map((command) => command.replaceAll(" ", "-"))
        .sort(),
    );
  }, 60_000);
});
