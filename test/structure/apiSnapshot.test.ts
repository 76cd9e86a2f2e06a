import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { apiText } from "./apiText.js";
import { readRepositoryFile, repositoryRoot, workspaces } from "./repository.js";

const PACKAGES = workspaces().filter((folder) => folder !== "test");

describe("the API of each package", () => {
  it.each(PACKAGES)("of %s is the one that was agreed", async (folder) => {
    const text = apiText(`${folder}/dist/index.d.ts`, readRepositoryFile);
    const file = `${folder.replace("/", "-")}.txt`;
    await expect(text).toMatchFileSnapshot(join(repositoryRoot, "test/structure/api", file));
  });
});

describe("the text of an API", () => {
  const files: Readonly<Record<string, string>> = {
    "p/index.d.ts":
      'export * from "./a.js";\nexport { two, type Three as Drei } from "./deep/b.js";\nexport * from "x";\n',
    "p/a.d.ts":
      "/** A comment. */\nexport interface One {\n    /** Another. */\n    readonly x: number;\n}\n" +
      "export declare const make: (x: One) => One;\ninterface Hidden {\n    y: 1;\n}\nexport declare function over(): 1;\nexport declare function over(x: 1): 2;\n",
    "p/deep/b.d.ts": 'export declare const two = 2;\nexport type Three = 3;\nexport * from "../a.js";\n',
  };
  const read = (path: string): string => {
    const text = files[path];
    if (text === undefined) throw new Error(`no ${path}`);
    return text;
  };

  it("holds what the index exports, followed to its declaration, without comments or what is hidden", () => {
    expect(apiText("p/index.d.ts", read)).toBe(
      [
        'export { two, type Three as Drei } from "./deep/b.js";\n',
        "export interface One {\n    readonly x: number;\n}\n",
        'export * from "x";\n',
        "export declare const make: (x: One) => One;\n",
        "export declare function over(): 1;\nexport declare function over(x: 1): 2;\n",
        "export declare const two = 2;\n",
      ].join("\n"),
    );
  });

  it("changes when a member's type does", () => {
    const other = (path: string): string => read(path).replace("x: number", "x: string");
    expect(apiText("p/index.d.ts", other)).not.toBe(apiText("p/index.d.ts", read));
  });
});
