import { describe, expect, it } from "vitest";
import { starterManifest } from "./starter.js";

const manifest = (present: object | null): unknown =>
  JSON.parse(starterManifest(present && JSON.stringify(present), "0.3.1"));

describe("the package.json of a starter", () => {
  it("is a new one that needs the version that wrote it", () => {
    expect(manifest(null)).toEqual({
      name: "my-freshet-app",
      private: true,
      type: "module",
      scripts: { start: "freshet dev" },
      dependencies: { freshet: "^0.3.1" },
    });
  });

  it("is the project's own, with what it lacks", () => {
    const present = {
      name: "shop",
      type: "commonjs",
      scripts: { test: "jest" },
      dependencies: { react: "19" },
    };
    expect(manifest(present)).toEqual({
      ...present,
      scripts: { start: "freshet dev", test: "jest" },
      dependencies: { react: "19", freshet: "^0.3.1" },
    });
  });

  it.each([
    { scripts: { start: "node ." }, dependencies: { freshet: "file:freshet.tgz" } },
    { scripts: { start: "node ." }, devDependencies: { freshet: "0.1.0" } },
  ])("changes nothing that is there: %j", (present) => {
    expect(manifest(present)).toEqual(present);
  });
});
