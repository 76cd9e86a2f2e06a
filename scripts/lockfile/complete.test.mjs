import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { completeLock, missingOptional } from "./complete.mjs";

const repositoryLock = () =>
  JSON.parse(readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8"));
const lock = (packages) => ({ lockfileVersion: 3, packages: { "": { name: "x" }, ...packages } });

describe("the lock file", () => {
  it("holds every optional package of every platform: after `npm install`, run `node scripts/complete-lock.mjs`", () => {
    expect(missingOptional(repositoryLock()).map(({ name }) => name)).toEqual([]);
  });

  it("carries no download address", () => {
    const addresses = Object.values(repositoryLock().packages).filter(({ resolved }) =>
      resolved?.includes(":"),
    );
    expect(addresses).toEqual([]);
  });
});

describe("completing a lock file", () => {
  it("adds what is missing, with the platform that its name says, and changes nothing else", () => {
    const a = {
      version: "1.0.0",
      dev: true,
      optionalDependencies: { "@a/linux-x64-musl": "1.0.0", "@a/win32-arm64": "1.0.0" },
    };
    const held = { version: "1.0.0", integrity: "sha512-x", optional: true };
    const whole = completeLock(lock({ "node_modules/a": a, "node_modules/@a/win32-arm64": held }));
    expect(whole.packages).toEqual({
      "": { name: "x" },
      "node_modules/a": a,
      "node_modules/@a/win32-arm64": held,
      "node_modules/@a/linux-x64-musl": {
        version: "1.0.0",
        cpu: ["x64"],
        libc: ["musl"],
        os: ["linux"],
        dev: true,
        optional: true,
      },
    });
    expect(missingOptional(whole)).toEqual([]);
  });

  it("finds what lies beside a package or above it", () => {
    const b = { version: "1.0.0", optionalDependencies: { c: "1.0.0" } };
    const c = { version: "1.0.0" };
    expect(missingOptional(lock({ "w/node_modules/b": b, "node_modules/c": c }))).toEqual([]);
    expect(missingOptional(lock({ "w/node_modules/b": b, "w/node_modules/c": c }))).toEqual([]);
    expect(missingOptional(lock({ "node_modules/b": b, "node_modules/b/node_modules/c": c }))).toEqual([]);
    expect(missingOptional(lock({ "node_modules/b": b, "w/node_modules/c": c }))).toHaveLength(1);
  });

  it("guesses no platform", () => {
    const b = { version: "1.0.0", optionalDependencies: { fsevents: "1.0.0" } };
    expect(() => completeLock(lock({ "node_modules/b": b }))).toThrow("fsevents");
  });
});
