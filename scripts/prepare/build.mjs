import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const NOT_SOURCES = new Set(["node_modules", "dist", "fixtures"]);

const workspaces = (root) => JSON.parse(readFileSync(join(root, "package.json"), "utf8")).workspaces;

export const buildSteps = (root) => [
  { title: "Compiling", command: [process.execPath, join(root, "node_modules/typescript/bin/tsc"), "-b"] },
  {
    title: "Bundling the dashboard",
    command: [process.execPath, join(root, "serving-layer/dashboard/bundle.mjs")],
  },
];

export const outputsExist = (root) =>
  workspaces(root).every((workspace) => existsSync(join(root, workspace, "dist/index.js")));

/** Changes with any byte that the build reads. */
export const sourcesFingerprint = (root) => {
  const hash = createHash("sha256");
  const rootFiles = ["package.json", "package-lock.json", "tsconfig.json", "tsconfig.base.json"];
  for (const file of rootFiles) add(hash, join(root, file));
  for (const workspace of workspaces(root)) addTree(hash, join(root, workspace));
  return hash.digest("hex");
};

const addTree = (hash, directory) => {
  const entries = readdirSync(directory, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      if (!NOT_SOURCES.has(entry.name)) addTree(hash, path);
    } else if (entry.isFile()) add(hash, path);
  }
};

const add = (hash, file) => hash.update(`${file}\0`).update(readFileSync(file)).update("\0");
