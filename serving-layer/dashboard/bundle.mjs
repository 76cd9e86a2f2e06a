// Bundles the page into dist/dashboard: a few files that the API serves. No network, no step for the user.
import { copyFile, mkdir, rm } from "node:fs/promises";
import { build } from "esbuild";

const page = new URL("page/", import.meta.url);
const out = new URL("../dist/dashboard/", import.meta.url);

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await build({
  entryPoints: { app: new URL("main.tsx", page).pathname },
  outdir: out.pathname,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  logLevel: "warning",
});
for (const name of ["index.html", "icon.svg"]) await copyFile(new URL(name, page), new URL(name, out));
