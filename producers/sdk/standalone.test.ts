import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const folder = new URL(".", import.meta.url);

/** Every file that an entry point brings in, and the packages that it asks for. */
const reach = (
  entry: string,
): { readonly files: readonly string[]; readonly packages: readonly string[] } => {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (url: URL): void => {
    if (files.has(url.href)) return;
    files.add(url.href);
    for (const [, from = ""] of readFileSync(url, "utf8").matchAll(/\bfrom "([^"]+)"/g)) {
      if (from.startsWith(".")) visit(new URL(from.replace(/\.js$/, ".ts"), url));
      else packages.add(from);
    }
  };
  visit(new URL(entry, folder));
  return { files: [...files], packages: [...packages].sort() };
};

describe("the SDK", () => {
  it.each(["index.ts", "browser/index.ts"])(
    "stands alone in %s: it imports nothing but itself, and names nothing that only Node has",
    (entry) => {
      const { files, packages } = reach(entry);
      expect(files.length).toBeGreaterThan(10);
      expect(packages).toEqual([]);
      for (const file of files) {
        const text = readFileSync(new URL(file), "utf8");
        expect(/\b(Buffer|process|require|setImmediate)\b/.exec(text)?.[0], file).toBeUndefined();
      }
    },
  );

  it("asks for the AWS SDK only where AWS is spoken to, and leaves it to the application to install it", () => {
    const awsOf = (entry: string): readonly string[] =>
      reach(entry).packages.filter((name) => name.startsWith("@aws-sdk/"));
    expect(awsOf("kinesis/index.ts")).toEqual(["@aws-sdk/client-kinesis"]);
    expect(awsOf("firehose/index.ts")).toEqual(["@aws-sdk/client-firehose"]);
    expect(awsOf("sqs/index.ts")).toEqual(["@aws-sdk/client-sqs"]);
    expect(awsOf("node/index.ts")).toEqual([]);
    const manifest = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
    expect(Object.keys(manifest.dependencies)).toEqual(["@freshet/kpl"]);
    for (const name of Object.keys(manifest.peerDependencies))
      expect(manifest.peerDependenciesMeta[name], name).toEqual({ optional: true });
  });
});
