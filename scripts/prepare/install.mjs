import { readFileSync } from "node:fs";
import { join } from "node:path";

/** True when node_modules holds what package-lock.json asks for, for this platform. */
export const installedMatches = (root) => {
  const wanted = readJson(join(root, "package-lock.json"));
  if (wanted === null) throw new Error(`package-lock.json is missing in ${root}: is the checkout complete?`);
  const installed = readJson(join(root, "node_modules", ".package-lock.json"));
  return installed !== null && difference(wanted.packages, installed.packages, process) === null;
};

/** The first package that is missing, of another version, or of another platform; null for none. */
export const difference = (wanted, installed, { platform, arch }) => {
  for (const [path, { link, optional, devOptional, peer, version }] of Object.entries(wanted)) {
    if (!path.includes("node_modules/") || link) continue;
    const found = installed[path];
    if (found === undefined ? !(optional || devOptional || peer) : found.version !== version) return path;
  }
  for (const [path, { os, cpu }] of Object.entries(installed)) {
    if ((os && !os.includes(platform)) || (cpu && !cpu.includes(arch))) return path;
  }
  return null;
};

/** The npm that runs this script, so that one that is not in PATH is found too. */
export const npmCommand = (args) => {
  const npm = process.env.npm_execpath;
  return npm?.endsWith(".js") ? [process.execPath, npm, ...args] : ["npm", ...args];
};

const readJson = (file) => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
};
