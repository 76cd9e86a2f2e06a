import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const STATIC_IMPORT = /^(?:import|export)\s(?!type\b)(?:[^;"]*?\sfrom\s)?"([^"]+)";/gm;

/** What a module loads with it, packages and files; types are no load. */
const loadedBy = (file: string, loaded = new Set<string>()): ReadonlySet<string> => {
  if (loaded.has(file)) return loaded;
  loaded.add(file);
  if (!existsSync(file)) return loaded;
  for (const [, specifier = ""] of readFileSync(file, "utf8").matchAll(STATIC_IMPORT)) {
    if (specifier.startsWith(".")) loadedBy(join(dirname(file), specifier.replace(/\.js$/, ".ts")), loaded);
    else loaded.add(specifier);
  }
  return loaded;
};

const isSdk = (name: string): boolean =>
  name.startsWith("@aws-sdk/") || name.startsWith("@opensearch-project/");

describe("the modules of the AWS SDK, and of OpenSearch's client", () => {
  it("are not loaded by who imports the package, only by who opens a store on AWS", () => {
    const storage = join(import.meta.dirname, "..");
    expect([...loadedBy(join(storage, "index.ts"))].filter(isSdk)).toEqual([]);
    expect([...loadedBy(join(storage, "index.ts"))]).toContain("lmdb");
    expect([...loadedBy(join(storage, "aws/store.ts"))].filter(isSdk).sort()).toEqual([
      "@aws-sdk/client-dynamodb",
      "@aws-sdk/client-kinesis",
      "@aws-sdk/client-s3",
    ]);
    const search = join(storage, "documents/openSearch/openOpenSearch.ts");
    expect([...loadedBy(search)].filter(isSdk).sort()).toEqual([
      "@opensearch-project/opensearch",
      "@opensearch-project/opensearch/aws-v3",
    ]);
  });
});
