import { describe, expect, it } from "vitest";
import { houseOf, isTestFile, type PackageManifest, violations } from "./directions.js";
import { importsOf } from "./imports.js";
import { manifestOf, readRepositoryFile, repositoryFiles, workspaces } from "./repository.js";

const manifests: readonly PackageManifest[] = ["", ...workspaces()].map((folder) => ({
  folder,
  dependencies: Object.keys({ ...manifestOf(folder).dependencies, ...manifestOf(folder).peerDependencies }),
  devDependencies: Object.keys(manifestOf(folder).devDependencies ?? {}),
}));

const faultsOf = (path: string, text: string): readonly string[] => violations([{ path, text }], manifests);

describe("import directions", () => {
  const files = repositoryFiles()
    .filter((path) => /\.(?:ts|tsx|mts)$/.test(path) && houseOf(path))
    .map((path) => ({ path, text: readRepositoryFile(path) }));

  it("hold in every source file", () => {
    expect(files.length).toBeGreaterThan(30);
    expect(violations(files, manifests)).toEqual([]);
  });

  it("were looked at across packages and in test files", () => {
    const crossing = files.filter(({ text }) => importsOf(text).some((name) => name.startsWith("@freshet/")));
    expect(crossing.length).toBeGreaterThan(2);
    expect(files.some(({ path }) => isTestFile(path))).toBe(true);
  });

  it.each([
    ["model/a.ts", 'import { x } from "@freshet/storage";'],
    ["model/a.ts", 'import { readFileSync } from "node:fs";'],
    ["model/a.ts", 'import x from "fastify";'],
    ["model/a.ts", 'import x from "@duckdb/node-api";'],
    ["storage/log/a.ts", 'import type { X } from "@freshet/speed-layer";'],
    ["storage/log/a.ts", 'import { x } from "../../model/brand.js";'],
    ["storage/log/a.ts", 'export * from "../../speed-layer/index.js";'],
    ["storage/log/a.ts", 'import { x } from "@freshet/model/brand.js";'],
    ["storage/log/a.ts", 'import { x } from "@freshet/storage";'],
    ["speed-layer/a.ts", 'import { x } from "@freshet/batch-layer";'],
    ["speed-layer/a.ts", 'const { x } = await import("@freshet/serving-layer");'],
    ["speed-layer/a.ts", 'let x: import("@freshet/producers").X;'],
    ["speed-layer/a.ts", 'import { x } from "@freshet/simulators";'],
    ["speed-layer/a.test.ts", 'import { x } from "@freshet/batch-layer";'],
    ["speed-layer/a.ts", 'import { it } from "vitest";'],
    ["speed-layer/a.ts", 'import { aRecord } from "./fixtures/record.js";'],
    ["storage/index.ts", 'export * from "./log/log.contract.js";'],
    ["speed-layer/a.test.ts", 'import x from "left-pad";'],
    ["speed-layer/a.ts", 'new Worker(new URL("../batch-layer/worker.js", import.meta.url));'],
    ["producers/a.ts", 'import { x } from "./sdk/index.js";'],
    ["producers/sdk/a.ts", 'import { x } from "@freshet/model";'],
    ["producers/sdk/a.ts", 'import { x } from "../a.js";'],
    ["simulators/a.ts", 'import { x } from "freshet";'],
    ["serving-layer/a.test.ts", 'import { x } from "freshet";'],
    ["cli/a.ts", 'import { x } from "@freshet/test";'],
    ["model/a.ts", 'import {\n  x,\n  y,\n} from "@freshet/storage";'],
  ])("refuse, in %s, %s", (path, text) => {
    expect(faultsOf(path, text)).toHaveLength(1);
  });

  it.each([
    ["model/a.ts", 'import { createHash } from "node:crypto"; import { Type } from "typebox";'],
    ["model/time/a.ts", 'import { x } from "../brand.js";'],
    ["model/a.test.ts", 'import { x } from "@freshet/simulators"; import { it } from "vitest";'],
    ["model/a.test.ts", 'import { x } from "@duckdb/node-api";'],
    ["storage/a.ts", 'import { x } from "@freshet/model"; import { open } from "lmdb";'],
    ["speed-layer/fixtures/a.ts", 'import fc from "fast-check";'],
    ["speed-layer/a.test.ts", 'import { aRecord } from "./fixtures/record.js";'],
    ["producers/a.ts", 'import { x } from "@freshet/sdk"; import { y } from "fastify";'],
    ["simulators/a.ts", 'import { x } from "@freshet/speed-layer";'],
    ["test/a.test.ts", 'import { x } from "freshet"; import { y } from "@freshet/batch-layer";'],
    [
      "speed-layer/a.ts",
      '// import { x } from "@freshet/batch-layer";\nconst address = "http://x"; /* from "y" */',
    ],
    ["model/a.ts", "const text = 'import x from \"@freshet/storage\"';"],
    ["examples/news/freshet.config.ts", 'import { defineApp } from "freshet";'],
  ])("allow, in %s, %s", (path, text) => {
    expect(faultsOf(path, text)).toEqual([]);
  });
});
