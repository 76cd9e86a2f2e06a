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

/** The commands of the built CLI with their options, from a process of its own. */
const LIST_COMMANDS = `
  import { createProgram } from "./cli/dist/main.js";
  const commands = createProgram().commands.map((one) => [one.name(), one.options.map(({ long }) => long)]);
  console.log(JSON.stringify(Object.fromEntries(commands)));`;

const listCommands = async (): Promise<Readonly<Record<string, readonly string[]>>> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "--eval", LIST_COMMANDS],
    { cwd: repositoryRoot },
  );
  return JSON.parse(stdout) as Record<string, string[]>;
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
  let optionsOf: Readonly<Record<string, readonly string[]>> = {};
  const used = pages.flatMap(({ path, page }) =>
    page.code.flatMap((line) => {
      const [, command, rest] = /(?:^|\bnpx )freshet ([a-z-]+)\b(.*)$/.exec(line) ?? [];
      return command === undefined ? [] : [{ path, command, options: rest?.match(/(?<= )--[a-z-]+/g) ?? [] }];
    }),
  );

  beforeAll(async () => {
    optionsOf = await listCommands();
  }, 60_000);

  it("exist", () => {
    expect(used.length).toBeGreaterThan(10);
    expect(used.filter(({ command }) => !optionsOf[command])).toEqual([]);
  });

  it("take the options that are given to them", () => {
    const wrong = used.flatMap(({ path, command, options }) =>
      options
        .filter((option) => !(optionsOf[command] ?? []).includes(option))
        .map((option) => `${path}: freshet ${command} has no ${option}`),
    );
    expect(wrong).toEqual([]);
  });
});
