import { rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const here = import.meta.dirname;
/** Below a `node_modules`, so that the program finds its packages. */
const outDir = join(here, "..", "..", "node_modules", ".cache", "freshet-sql-program", String(process.pid));
process.on("exit", () => rmSync(outDir, { recursive: true, force: true }));

const compile = async (): Promise<URL> => {
  const source = join(here, "..", "sql", "process");
  await build({
    entryPoints: [join(source, "main.ts"), join(source, "guard.ts")],
    outdir: outDir,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["source"],
    external: ["@duckdb/node-api", "apache-arrow"],
    logLevel: "error",
  });
  return pathToFileURL(join(outDir, "main.js"));
};

let program: Promise<URL> | null = null;

/** The process that runs SQL, compiled from its source. */
export const sqlProgram = (): Promise<URL> => (program ??= compile());
