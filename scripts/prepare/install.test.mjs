import { describe, expect, it } from "vitest";
import { difference } from "./install.mjs";

const linux = { platform: "linux", arch: "x64" };
const wanted = {
  "": { version: "0.1.0" },
  model: { version: "0.1.0" },
  "node_modules/@freshet/model": { link: true },
  "node_modules/a": { version: "1.0.0" },
  "node_modules/a-darwin": { version: "1.0.0", optional: true, os: ["darwin"] },
};
const a = { "node_modules/a": { version: "1.0.0" } };

describe("what is installed", () => {
  it.each([
    ["is as the lock file says", a, null],
    ["has more than the lock file says", { ...a, "node_modules/b": { version: "1.0.0" } }, null],
    ["lacks a package", {}, "node_modules/a"],
    ["has another version", { "node_modules/a": { version: "1.0.1" } }, "node_modules/a"],
    [
      "was made for another platform",
      { ...a, "node_modules/a-darwin": { version: "1.0.0", os: ["darwin"], cpu: ["arm64"] } },
      "node_modules/a-darwin",
    ],
  ])("%s", (_, installed, expected) => {
    expect(difference(wanted, installed, linux)).toBe(expected);
  });
});
