import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const folder = new URL(".", import.meta.url);
const sources = readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));

describe("the SDK", () => {
  it("stands alone: it imports nothing but itself, and names nothing that only Node has", () => {
    expect(sources.length).toBeGreaterThan(10);
    for (const name of sources) {
      const text = readFileSync(new URL(name, folder), "utf8");
      const imports = [...text.matchAll(/\bfrom "([^"]+)"/g)].map(([, from]) => from as string);
      expect(
        imports.filter((from) => !from.startsWith("./")),
        name,
      ).toEqual([]);
      expect(/\b(Buffer|process|require|setImmediate)\b/.exec(text)?.[0], name).toBeUndefined();
    }
    const manifest = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
    expect(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })).toEqual([]);
  });
});
