import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Code } from "aws-cdk-lib/aws-lambda";
import { buildSync } from "esbuild";

/** Those of `cli/functions`, which need nothing of an app's own. */
export type FunctionName = "fold" | "next" | "ready" | "tend" | "transform" | "watch";

/** Native, and of no use without a disk: they are imported by who opens a data directory, or DuckDB, and then only. */
const LEFT_OUT = ["@duckdb/node-api", "lmdb"];
/** Some of what is bundled asks for Node's modules as CommonJS does. */
const REQUIRE =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

const built = new Map<FunctionName, string>();

/** The folder of a function's one file, with the SDK that it was tested with. The same sources give the same bytes. */
export const bundle = (name: FunctionName): string => {
  const folder = mkdtempSync(join(tmpdir(), `freshet-${name}-`));
  buildSync({
    entryPoints: { index: `freshet/functions/${name}` },
    absWorkingDir: dirname(fileURLToPath(import.meta.url)),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    keepNames: true,
    platform: "node",
    format: "esm",
    target: "node22",
    external: LEFT_OUT,
    banner: { js: REQUIRE },
    logLevel: "error",
  });
  return folder;
};

/** What a function runs; both stages of an app are given the same. */
export const functionCode = (name: FunctionName): Code => {
  const folder = built.get(name) ?? bundle(name);
  built.set(name, folder);
  return Code.fromAsset(folder);
};
