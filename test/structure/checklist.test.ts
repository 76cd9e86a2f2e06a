import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readRepositoryFile, repositoryRoot } from "./repository.js";

const PAGE = "docs/kinesis.md";
const SIZES = { P: 17, C: 23, L: 11, S: 7, T: 3 } as const;
const ITEMS = Object.entries(SIZES).flatMap(([letter, size]) =>
  Array.from({ length: size }, (_, index) => `${letter}${index + 1}`),
);
const TEST_FILE = /`([\w./-]+\.test\.ts)`/g;
/** The first string after `it(`, `describe(` and their like, and after `describeKinesis(`. */
const TITLE = /\b(?:it|test|describe\w*)(?:\.\w+(?:\([^)]*\))?)*\(\s*["'`]([^"'`]*)/g;
const ITEMS_OF_TITLE = /^((?:[A-Z]\d+, )*[A-Z]\d+):/;

interface Row {
  readonly item: string;
  readonly heldBy: string;
  readonly said: string;
}

const rows: readonly Row[] = readRepositoryFile(PAGE)
  .split("\n")
  .filter((line) => /^\| [A-Z]\d+ /.test(line))
  .map((line) => {
    const [, item = "", , heldBy = "", said = ""] = line.split("|").map((cell) => cell.trim());
    return { item, heldBy, said };
  });

const itemsOf = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.matchAll(TITLE)].flatMap(([, title = ""]) => ITEMS_OF_TITLE.exec(title)?.[1]?.split(", ") ?? []),
  );

const filesOf = ({ heldBy }: Row): readonly string[] =>
  [...heldBy.matchAll(TEST_FILE)].map(([, path = ""]) => path);

describe("the checklist of docs/kinesis.md", () => {
  it("has one row for each item, in order", () => {
    expect(rows.map(({ item }) => item)).toEqual(ITEMS);
  });

  it("names for each item tests whose names begin with it, or says why there is none", () => {
    const silent = rows.filter(
      (row) => filesOf(row).length === 0 && !(row.heldBy === "none" && row.said !== ""),
    );
    expect(silent).toEqual([]);
    const wrong = rows.flatMap((row) =>
      filesOf(row)
        .filter(
          (path) =>
            !existsSync(join(repositoryRoot, path)) || !itemsOf(readRepositoryFile(path)).has(row.item),
        )
        .map((path) => `${path} has no test that begins with ${row.item}`),
    );
    expect(wrong).toEqual([]);
    expect(rows.flatMap(filesOf).length).toBeGreaterThan(55);
  });

  it("leaves to nobody only what needs no test, or cannot have one", () => {
    const none = rows.filter(({ heldBy }) => heldBy === "none").map(({ item }) => item);
    expect(none).toEqual(["P4", "L4", "L10", "L11"]);
  });
});
