import { describe, expect, it } from "vitest";
import { readRepositoryFile } from "./repository.js";

const lines = readRepositoryFile("Dockerfile")
  .replace(/\\\n/g, " ")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => ({ instruction: line.split(" ", 1)[0] ?? "", rest: line.slice(line.indexOf(" ") + 1) }));
const of = (instruction: string) => lines.filter((line) => line.instruction === instruction);
const lastStage = lines.slice(lines.findLastIndex(({ instruction }) => instruction === "FROM"));

describe("the image", () => {
  it("is built in stages, of one version that is named", () => {
    const bases = of("FROM").map(({ rest }) => rest.split(" ")[0]);
    expect(bases.length).toBeGreaterThan(1);
    for (const base of bases) expect(base).toMatch(/^node:\d+\.\d+\.\d+-bookworm-slim$/);
    expect(new Set(bases).size).toBe(1);
  });

  it("runs `freshet`, and not as root", () => {
    const user = lastStage.findLast(({ instruction }) => instruction === "USER");
    expect(user?.rest).toBe("node");
    expect(lastStage.findLast(({ instruction }) => instruction === "ENTRYPOINT")?.rest).toBe(
      '["node", "/app/cli/bin/freshet.js"]',
    );
  });

  it("owns the one folder that it writes to, which the stacks mount a volume over", () => {
    const folder = /LOCAL_DIR = "(.+)"/.exec(readRepositoryFile("infra/tasks/lineTask.ts"))?.[1];
    expect(lastStage.find(({ instruction }) => instruction === "VOLUME")?.rest).toBe(folder);
    expect(lastStage.filter(({ instruction }) => instruction === "RUN").map(({ rest }) => rest)).toEqual([
      `mkdir ${folder} && chown node:node ${folder}`,
    ]);
  });

  it("installs what the lock says, runs nobody's install scripts, and takes nothing along that is built or installed here", () => {
    expect(of("RUN")[0]?.rest).toContain("npm ci --ignore-scripts");
    const ignored = readRepositoryFile(".dockerignore").split("\n");
    expect(ignored).toEqual(
      expect.arrayContaining(["**/node_modules", "**/dist", ".git", ".freshet*", ".prepare"]),
    );
  });
});
