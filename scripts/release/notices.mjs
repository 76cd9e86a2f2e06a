import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const LICENCE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/** Paths in the lock of all that a package needs to run, whoever asks for it; found as Node finds them. */
export const neededBy = (lock, folder) => {
  const found = new Set();
  const visit = (path) => {
    const entry = lock.packages[path];
    const names = Object.keys({ ...entry.dependencies, ...entry.optionalDependencies });
    for (const name of names) {
      const place = placeOf(lock, path, name);
      if (place === null || found.has(place)) continue;
      found.add(place);
      visit(place);
    }
  };
  visit(folder);
  return [...found];
};

const placeOf = (lock, from, name) => {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf("/")))) {
    const path = `${base === "" ? "" : `${base}/`}node_modules/${name}`;
    const entry = lock.packages[path];
    if (entry) return entry.link ? entry.resolved : path;
    if (base === "") return null;
  }
};

const byText = (a, b) => (a < b ? -1 : 1);

const licenceTexts = (directory) => {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((file) => LICENCE_FILE.test(file))
    .sort()
    .map((file) => readFileSync(join(directory, file), "utf8").trim());
};

/** What a package's dependencies ask to be told: their names, licences and texts, each text once. */
export const noticesOf = (root, lock, folder) => {
  const linesByText = new Map();
  for (const path of neededBy(lock, folder)) {
    if (!path.includes("node_modules/")) continue;
    const { version, license = "see the package" } = lock.packages[path];
    const line = `- ${path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)} ${version} (${license})`;
    const text = licenceTexts(join(root, path)).join("\n\n");
    linesByText.set(text, [...(linesByText.get(text) ?? []), line]);
  }
  const sections = [...linesByText]
    .map(([text, lines]) => [text, [...new Set(lines)].sort(byText)])
    .sort(([, [a]], [, [b]]) => byText(a, b))
    .map(([text, lines]) => `${lines.join("\n")}\n${text === "" ? "" : `\n\`\`\`\n${text}\n\`\`\`\n`}`);
  return `# Third-party notices\n\nWhat this package needs to run, and the licences of that.\n\n${sections.join("\n")}`;
};
