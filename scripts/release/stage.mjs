import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { publishedManifest } from "./packages.mjs";

const NOT_PUBLISHED = /\.(?:test|bench|contract|sim|engine)\.|\.tsbuildinfo$|\.js\.map$/;
const NOT_PUBLISHED_FOLDERS = new Set(["testing", "fixtures"]);

/** Whether a built file is of the package, and not of its tests. */
export const isPublished = (path) =>
  !NOT_PUBLISHED.test(basename(path)) && !path.split("/").some((part) => NOT_PUBLISHED_FOLDERS.has(part));

/** Lays out a package as it is published. Returns where. */
export const stagePackage = (root, { folder, manifest }, notices, target) => {
  const from = join(root, folder);
  mkdirSync(target, { recursive: true });
  for (const part of manifest.files.filter((one) => !one.startsWith("!"))) {
    cpSync(join(from, part), join(target, part), {
      recursive: true,
      filter: (path) => isPublished(relative(from, path)),
    });
  }
  writeFileSync(join(target, "package.json"), `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`);
  cpSync(join(root, "LICENSE"), join(target, "LICENSE"));
  writeFileSync(join(target, "THIRD-PARTY-NOTICES.md"), notices);
  const readme = join(from, "README.md");
  if (existsSync(readme)) cpSync(readme, join(target, "README.md"));
  else writeFileSync(join(target, "README.md"), readmeOf(manifest));
  return target;
};

const readmeOf = ({ name }) =>
  name === "freshet"
    ? "# freshet\n\nReal-time trends with exact history, from one event stream: `npx freshet init` begins a project.\n"
    : `# ${name}\n\nA part of [freshet](https://www.npmjs.com/package/freshet), published for it.\n`;
