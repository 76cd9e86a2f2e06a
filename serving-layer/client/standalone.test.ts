import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const folder = new URL(".", import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), "utf8");
const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
  (name) => name.endsWith(".ts") && !/\.test\.ts$|^dist\b|node_modules/.test(name),
);

describe("the client", () => {
  it("stands alone: it imports nothing but itself, and names nothing that only Node has", () => {
    expect(sources.length).toBeGreaterThan(10);
    for (const name of sources) {
      const imports = [...read(name).matchAll(/\bfrom "([^"]+)"/g)].map(([, from]) => from as string);
      const foreign = imports.filter((from) => !from.startsWith("."));
      expect(foreign, name).toEqual(name === "rxjs.ts" ? ["rxjs"] : []);
      expect(/\b(Buffer|process|require|setImmediate)\b/.exec(read(name))?.[0], name).toBeUndefined();
    }
    const manifest = JSON.parse(read("package.json"));
    expect(Object.keys(manifest.dependencies)).toEqual([]);
    expect(manifest.peerDependenciesMeta).toEqual({ rxjs: { optional: true } });
    expect(read("index.ts")).not.toContain("rxjs");
  });
});
