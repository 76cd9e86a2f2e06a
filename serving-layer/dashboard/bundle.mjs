// Bundles the page into dist/page: a few files that the API serves. No network, no step for the user.
import { chmod, copyFile, mkdtemp, mkdir, rename, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const page = new URL("page/", import.meta.url);
const dist = new URL("../dist/", import.meta.url);
const standing = fileURLToPath(new URL("page", dist));

await mkdir(dist, { recursive: true });
const made = await mkdtemp(`${standing}-`);
try {
  await build({
    entryPoints: { app: fileURLToPath(new URL("main.tsx", page)) },
    outdir: made,
    bundle: true,
    splitting: true,
    chunkNames: "[name]-[hash]",
    minify: true,
    format: "esm",
    target: "es2022",
    conditions: ["source"],
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    logLevel: "warning",
  });
  // One file for other sites, which a plain `<script src>` loads.
  await build({
    entryPoints: { embed: fileURLToPath(new URL("embed/main.ts", import.meta.url)) },
    outdir: made,
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    conditions: ["source"],
    legalComments: "none",
    logLevel: "warning",
  });
  for (const name of ["index.html", "icon.svg"]) await copyFile(new URL(name, page), `${made}/${name}`);
} catch (error) {
  await rm(made, { recursive: true, force: true });
  throw error;
}
await chmod(made, 0o755);

// A server that starts meanwhile finds the old files or the new ones, never half of them; so does another bundling.
const SWAPS_MAX = 20;
const old = `${made}-old`;
for (let swap = 1; ; swap++) {
  await rename(standing, old).catch(() => undefined);
  const swapped = await rename(made, standing).then(
    () => true,
    (error) => {
      if (swap === SWAPS_MAX) throw error;
      return false;
    },
  );
  await rm(old, { recursive: true, force: true });
  if (swapped) break;
}
