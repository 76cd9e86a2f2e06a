import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { repositoryRoot } from "./repository.js";

it("types the client as the OpenAPI document says", async () => {
  const differing = await promisify(execFile)(
    process.execPath,
    ["scripts/write-client-types.mjs", "--check"],
    { cwd: repositoryRoot },
  ).then(
    ({ stdout }) => stdout,
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  );
  expect(differing).toBe("");
}, 60_000);
