import { execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRepositoryFile, repositoryFiles } from "../structure/repository.js";
import { repositoryFile, temporaryDirectory } from "../support/freshet.js";

const call = promisify(execFile);

/** What the first stage of the Dockerfile runs. */
const buildCommand = (): string => {
  const lines = readRepositoryFile("Dockerfile").replaceAll("\\\n", " ").split("\n");
  return lines.find((line) => line.startsWith("RUN "))?.slice("RUN ".length) ?? "";
};

const listed = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();

/** There is no Docker here: what the image would do is done by hand, in a copy of what it would copy. */
describe("the image's build, without its container", () => {
  const directory = temporaryDirectory();
  const build = join(directory.path, "build");

  beforeAll(async () => {
    for (const path of repositoryFiles()) {
      mkdirSync(join(build, dirname(path)), { recursive: true });
      cpSync(repositoryFile(path), join(build, path));
    }
    await call("sh", ["-c", buildCommand()], { cwd: build, maxBuffer: 64 << 20 });
  });
  afterAll(() => directory.remove());

  it("leaves out what only building and tests need", () => {
    expect(existsSync(join(build, "node_modules/lmdb"))).toBe(true);
    for (const name of ["typescript", "vitest", "@biomejs/biome"])
      expect([name, existsSync(join(build, "node_modules", name))]).toEqual([name, false]);
  });

  it("serves the app, and writes to one folder alone", async () => {
    const data = join(directory.path, "data");
    const before = listed(build);
    const child = spawn(
      process.execPath,
      [
        "cli/bin/freshet.js",
        "dev",
        "--app",
        "examples/news/freshet.config.ts",
        "--data",
        data,
        "--port",
        "0",
      ],
      { cwd: build, env: { ...process.env, NODE_ENV: "production" }, stdio: ["ignore", "pipe", "inherit"] },
    );
    const ended = new Promise((resolve) => child.on("close", resolve));
    try {
      const address = await new Promise<string>((resolve, reject) => {
        child.stdout.setEncoding("utf8").on("data", (text: string) => {
          const found = /http:\/\/[\d.]+:\d+/.exec(text)?.[0];
          if (found !== undefined) resolve(found);
        });
        child.on("close", (code) => reject(new Error(`ended with ${code}`)));
      });
      const { metrics } = (await (await fetch(`${address}/v1/metrics`)).json()) as { metrics: unknown[] };
      expect(metrics.length).toBeGreaterThan(0);
    } finally {
      child.kill("SIGTERM");
      await ended;
    }
    expect(listed(build)).toEqual(before);
  });
});
