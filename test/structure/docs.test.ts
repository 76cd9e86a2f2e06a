import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type CommandLine, readCommandLine } from "./commandLine.js";
import { readPage } from "./markdown.js";
import { manifestOf, readRepositoryFile, repositoryFiles, repositoryRoot } from "./repository.js";

const NPM_COMMANDS = new Set(["install", "ci", "view", "run"]);

const pages = repositoryFiles()
  .filter((path) => path.endsWith(".md"))
  .map((path) => ({ path, page: readPage(readRepositoryFile(path)) }));

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

/** Options that stand first in a table's row. */
const optionRows = (markdown: string): string[] =>
  [...markdown.matchAll(/^\| `(--[a-z-]+)/gm)].map(([, option = ""]) => option);

describe("the commands that the documentation names", () => {
  let commandLine: CommandLine = { optionsOf: {}, exitCodes: [], common: [] };
  const used = pages.flatMap(({ path, page }) =>
    page.code.flatMap((line) => {
      const [, words] = /(?:^|\bnpx )freshet ([a-z-]+\b.*)$/.exec(line) ?? [];
      return words === undefined ? [] : [{ path, words, options: words.match(/(?<= )--[a-z-]+/g) ?? [] }];
    }),
  );

  beforeAll(async () => {
    commandLine = await readCommandLine();
  }, 60_000);

  /** The longest name that stands first. */
  const commandOf = (words: string): string | undefined =>
    Object.keys(commandLine.optionsOf)
      .filter((command) => `${words} `.startsWith(`${command} `) || words.startsWith(`${command}\``))
      .sort((a, b) => b.length - a.length)[0];

  it("exist", () => {
    expect(used.length).toBeGreaterThan(10);
    expect(used.filter(({ words }) => !commandOf(words))).toEqual([]);
  });

  it("take the options that are given to them", () => {
    const wrong = used.flatMap(({ path, words, options }) =>
      options
        .filter((option) => !(commandLine.optionsOf[commandOf(words) ?? ""] ?? []).includes(option))
        .map((option) => `${path}: freshet ${words} has no ${option}`),
    );
    expect(wrong).toEqual([]);
  });

  it("are all in docs/cli.md, each with the options that it takes and no other", () => {
    const [head = "", ...sections] = readRepositoryFile("docs/cli.md").split(/^### `freshet /m);
    const told = sections.map((section) => [commandOf(section) ?? section, optionRows(section).sort()]);
    const taken = Object.entries(commandLine.optionsOf).map(([command, options]) => [
      command,
      options.filter((option) => !commandLine.common.includes(option)).sort(),
    ]);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(taken));
    expect(optionRows(head).sort()).toEqual([...commandLine.common].sort());
    const codes = [...head.matchAll(/^\| (\d+) /gm)].map(([, code]) => Number(code));
    expect(codes).toEqual(commandLine.exitCodes);
  });
});
