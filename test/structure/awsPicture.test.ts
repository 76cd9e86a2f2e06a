import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { repositoryRoot } from "./repository.js";

it("the picture of the stacks is what is synthesised", async () => {
  const differing = await promisify(execFile)(
    process.execPath,
    ["scripts/write-aws-picture.mjs", "--check"],
    {
      cwd: repositoryRoot,
    },
  ).then(
    ({ stdout }) => stdout,
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  );
  expect(differing).toBe("");
}, 60_000);
