import { describe, expect, it } from "vitest";
import { readRepositoryFile, repositoryFiles } from "./repository.js";

/** In pieces, so that this file holds none of them. */
const FORBIDDEN: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  {
    what: "a path of one machine",
    pattern: new RegExp(["(?<![\\w.])/(?:wor", "k|far", "m|home|root)/\\w"].join("")),
  },
  { what: "a job's directory", pattern: new RegExp(["/tmp/bash_", "jobs"].join("")) },
  {
    what: "a registry's host",
    pattern: new RegExp(
      ["registry\\.(?:npm", "js|yarn", "pkg)\\.|files\\.python", "hosted|repo1?\\.mav", "en\\."].join(""),
    ),
  },
  { what: "a download address in a lock file", pattern: new RegExp(['"resol', 'ved": "http'].join("")) },
];

const BINARY = /\.(?:png|jpg|gz|zst|parquet|mdb|bin|ico|woff2)$/;

const faultsIn = (path: string, text: string): readonly string[] =>
  FORBIDDEN.flatMap(({ what, pattern }) => {
    const found = pattern.exec(text);
    return found ? [`${path} names ${what}: ${found[0]}`] : [];
  });

describe("tracked files", () => {
  it("name no machine and no registry", () => {
    const files = repositoryFiles().filter((path) => !BINARY.test(path));
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap((path) => faultsIn(path, readRepositoryFile(path)))).toEqual([]);
  });

  it.each([
    ["/wor", "k/main/x"],
    ["/tmp/bash_", "jobs.0/1"],
    ["https://registry.npm", "js.org/x"],
    ['"resol', 'ved": "https://example.org/x.tgz"'],
    ["cd /ho", "me/me"],
  ])("would be refused with %s%s", (first, second) => {
    expect(faultsIn("x", `a ${first}${second}`).length).toBeGreaterThan(0);
  });

  it("may name a folder of that name in the repository", () => {
    expect(
      faultsIn("x", ["simulators/wor", "kloads/news ./wor", "k/x https://a/wor", "kspace"].join("")),
    ).toEqual([]);
  });
});
