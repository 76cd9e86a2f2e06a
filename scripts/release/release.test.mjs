import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { neededBy } from "./notices.mjs";
import { inOrder, publishedManifest, releaseFaults } from "./packages.mjs";
import { sbomOf } from "./sbom.mjs";
import { isPublished } from "./stage.mjs";

const root = mkdtempSync(join(tmpdir(), "freshet-release-"));
mkdirSync(join(root, "a"));
writeFileSync(join(root, "a/index.js"), "");
afterAll(() => rmSync(root, { recursive: true }));

const aPackage = (overrides = {}) => ({
  folder: "a",
  manifest: {
    name: "@x/a",
    version: "1.2.3",
    engines: { node: ">=20" },
    exports: { ".": { source: "./index.ts", default: "./index.js" }, "./testing": "./testing.js" },
    devDependencies: { vitest: "4.0.0" },
    ...overrides,
  },
});
const CHANGELOG = "# Changelog\n\n## 1.2.3\n\nAll of it.\n";
const faults = (packages, tag = "v1.2.3", changelog = CHANGELOG) =>
  releaseFaults(packages, { tag, changelog, root });

describe("a release", () => {
  it("is made where tag, versions and changelog agree", () => {
    expect(
      faults([aPackage(), aPackage({ name: "@x/b", dependencies: { "@x/a": "1.2.3", c: "4.5.6" } })]),
    ).toEqual([]);
  });

  it.each([
    ["the tag is another", [aPackage()], "v1.2.4", CHANGELOG, /the tag is v1.2.4/],
    ["the changelog does not tell", [aPackage()], "v1.2.3", "## Unreleased\n", /no section "## 1.2.3"/],
    ["versions differ", [aPackage(), aPackage({ version: "1.2.4" })], null, "", /different versions/],
    ["a version is none", [aPackage({ version: "1.2" })], null, "", /no semantic version/],
    ["no range of Node is declared", [aPackage({ engines: undefined })], null, "", /range of Node/],
    [
      "a dependency is not exact",
      [aPackage({ dependencies: { c: "^1.0.0" } })],
      null,
      "",
      /expected an exact version/,
    ],
    [
      "an own package is needed in another version",
      [aPackage(), aPackage({ name: "b", dependencies: { "@x/a": "1.0.0" } })],
      null,
      "",
      /which is 1.2.3/,
    ],
    [
      "an export is not there",
      [aPackage({ exports: { ".": "./gone.js" } })],
      null,
      "",
      /exports .\/gone.js, which is not there/,
    ],
  ])("is refused where %s", (_, packages, tag, changelog, message) => {
    expect(faults(packages, tag, changelog).join("\n")).toMatch(message);
  });

  it("leaves out what only this repository uses", () => {
    const manifest = publishedManifest(aPackage().manifest);
    expect(manifest.exports).toEqual({ ".": { default: "./index.js" } });
    expect(manifest).not.toHaveProperty("devDependencies");
    expect(manifest.publishConfig).toEqual({ access: "public", provenance: true });
    const files = [
      "dist/a.js",
      "dist/a.d.ts",
      "dist/a.test.js",
      "dist/x.bench.js",
      "dist/testing/y.js",
      "dist/z.js.map",
      "dist/.tsbuildinfo",
    ];
    expect(files.filter(isPublished)).toEqual(["dist/a.js", "dist/a.d.ts"]);
  });

  it("puts each package after those that it needs", () => {
    const needs = (name, ...dependencies) =>
      aPackage({ name, dependencies: Object.fromEntries(dependencies.map((one) => [one, "1.2.3"])) });
    const ordered = inOrder([needs("c", "b", "a"), needs("b", "a"), needs("a")]);
    expect(ordered.map(({ manifest }) => manifest.name)).toEqual(["a", "b", "c"]);
    expect(() => inOrder([needs("a", "b"), needs("b", "a")])).toThrow("circle");
  });

  it("finds what a package needs as Node does, nested copies first", () => {
    const lock = {
      packages: {
        app: { dependencies: { x: "1", own: "1" } },
        own: { dependencies: { y: "1" } },
        "node_modules/own": { link: true, resolved: "own" },
        "node_modules/x": { dependencies: { y: "2" } },
        "node_modules/y": { version: "1" },
        "node_modules/x/node_modules/y": { version: "2" },
        "node_modules/unused": {},
      },
    };
    expect(neededBy(lock, "app").sort((a, b) => (a < b ? -1 : 1))).toEqual([
      "node_modules/x",
      "node_modules/x/node_modules/y",
      "node_modules/y",
      "own",
    ]);
  });

  it("names in its bill what packages need, with purl, licence and hash", () => {
    const lock = {
      packages: {
        a: { dependencies: { "@s/x": "1.0.0" } },
        "node_modules/@s/x": { version: "1.0.0", license: "MIT", integrity: "sha512-AAEC" },
        "node_modules/unused": { version: "1.0.0" },
      },
    };
    const { components } = sbomOf(lock, [aPackage({ license: "Apache-2.0" })]);
    expect(components.map(({ purl }) => purl)).toEqual(["pkg:npm/%40s/x@1.0.0", "pkg:npm/%40x/a@1.2.3"]);
    expect(components[0]).toMatchObject({
      licenses: [{ license: { id: "MIT" } }],
      hashes: [{ alg: "SHA-512", content: "000102" }],
    });
  });
});
