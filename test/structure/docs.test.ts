import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { readPage } from "./markdown.js";
import { manifestOf, readRepositoryFile, repositoryFiles, repositoryRoot } from "./repository.js";

const NPM_COMMANDS = new Set(["install", "ci", "view", "run"]);

const pages = repositoryFiles()
  .filter((path) => path.endsWith(".md"))
  .map((path) => ({ path, page: readPage(readRepositoryFile(path)) }));

const help = async (...command: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["cli/bin/freshet.js", ...command, "--help"],
    {
      cwd: repositoryRoot,
    },
  );
  return stdout;
};

describe("the documentation", () => {
  it("has a README of one screen, and pages beside it", () => {
    expect(pages.length).toBeGreaterThan(8);
    expect(readRepositoryFile("README.md").split("\n").length).toBeLessThanOrEqual(60);
  });

  it("links to what is there", () => {
    const broken = pages.flatMap(({ path, page }) =>
      page.links
        .filter((target) => !existsSync(join(repositoryRoot, dirname(path), target)))
        .map((target) => `${path} links to ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it("names npm scripts that are there", () => {
    const scripts = Object.keys(manifestOf("").scripts ?? {});
    const named = pages.flatMap(({ path, page }) =>
      page.code.flatMap((line) =>
        [...line.matchAll(/(?<![\w-])npm (run )?([\w:-]+)/g)]
          .filter(([, , name = ""]) => !NPM_COMMANDS.has(name))
          .map(([, , name = ""]) => ({ path, name })),
      ),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(({ name }) => !scripts.includes(name))).toEqual([]);
  });

  it("names files of the repository that are there", () => {
    const folders = new RegExp(
      `^(?:${["docs", "examples", "test", "scripts", "model", "storage"].join("|")})/[\\w./-]+$`,
    );
    const named = pages.flatMap(({ path, page }) =>
      page.code
        .flatMap((line) => line.split(" "))
        .filter((word) => folders.test(word) && !word.includes("path/to/"))
        .map((word) => ({ path, word })),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(({ word }) => !existsSync(join(repositoryRoot, word)))).toEqual([]);
  });
});

describe("the commands that the documentation names", () => {
  const helpOf = new Map<string, string>();
  const used = pages.flatMap(({ path, page }) =>
    page.code.flatMap((line) => {
      const [, command, rest] = /(?:^|\bnpx )freshet ([a-z-]+)\b(.*)$/.exec(line) ?? [];
      return command === undefined ? [] : [{ path, command, options: rest?.match(/(?<= )--[a-z-]+/g) ?? [] }];
    }),
  );

  beforeAll(async () => {
    const commands = [...(await help()).matchAll(/^ {2}([a-z-]+) /gm)].map((match) => match[1] ?? "");
    for (const command of commands) helpOf.set(command, await help(command));
  }, 60_000);

  it("exist", () => {
    expect(used.length).toBeGreaterThan(10);
    expect(used.filter(({ command }) => !helpOf.has(command))).toEqual([]);
  });

  it("take the options that are given to them", () => {
    const wrong = used.flatMap(({ path, command, options }) =>
      options
        .filter((option) => !(helpOf.get(command) ?? "").includes(option))
        .map((option) => `${path}: freshet ${command} has no ${option}`),
    );
    expect(wrong).toEqual([]);
  });
});
