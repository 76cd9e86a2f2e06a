import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What is published: workspaces that are not private, each after those that it depends on. */
export const publishedPackages = (root) => {
  const { workspaces } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const packages = workspaces
    .map((folder) => ({
      folder,
      manifest: JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")),
    }))
    .filter(({ manifest }) => !manifest.private);
  return inOrder(packages);
};

/** @throws Error where packages depend on each other in a circle. */
export const inOrder = (packages) => {
  const names = new Set(packages.map(({ manifest }) => manifest.name));
  const done = new Set();
  const ordered = [];
  while (ordered.length < packages.length) {
    const ready = packages.filter(
      ({ manifest }) =>
        !done.has(manifest.name) &&
        Object.keys(manifest.dependencies ?? {}).every((name) => !names.has(name) || done.has(name)),
    );
    if (ready.length === 0) throw new Error("packages depend on each other in a circle");
    for (const one of ready) {
      done.add(one.manifest.name);
      ordered.push(one);
    }
  }
  return ordered;
};

const filesOf = (value) =>
  typeof value === "string" ? [value] : Object.values(value ?? {}).flatMap((one) => filesOf(one));

/** What stands in the way of a release, as one line each. `tag`: null where none is made. */
export const releaseFaults = (packages, { tag, changelog, root }) => {
  const versions = new Set(packages.map(({ manifest }) => manifest.version));
  const ranges = new Set(packages.map(({ manifest }) => manifest.engines?.node));
  const [version] = versions;
  const faults = [];
  if (versions.size > 1) faults.push(`packages have different versions: ${[...versions].join(", ")}`);
  if (!/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version)) faults.push(`${version} is no semantic version`);
  if (ranges.size > 1 || ranges.has(undefined)) faults.push("packages do not declare the same range of Node");
  if (tag !== null && tag !== `v${version}`)
    faults.push(`the tag is ${tag}, the packages are ${version}: expected v${version}`);
  if (tag !== null && !changelog.split("\n").some((line) => line.startsWith(`## ${version}`)))
    faults.push(`CHANGELOG.md has no section "## ${version}"`);
  for (const { folder, manifest } of packages) {
    for (const [name, range] of Object.entries(manifest.dependencies ?? {})) {
      if (!/^\d/.test(range))
        faults.push(`${manifest.name} needs ${name} ${range}: expected an exact version`);
      const own = packages.find((one) => one.manifest.name === name);
      if (own && range !== own.manifest.version)
        faults.push(`${manifest.name} needs ${name} ${range}, which is ${own.manifest.version}`);
    }
    for (const file of filesOf(publishedManifest(manifest).exports))
      if (!existsSync(join(root, folder, file)))
        faults.push(`${manifest.name} exports ${file}, which is not there`);
  }
  return faults;
};

const withoutSource = (target) => {
  if (typeof target === "string") return target;
  const { source: _, ...rest } = target;
  return rest;
};

/** The manifest as it is published: without what only this repository's tests use, and with a provenance. */
export const publishedManifest = ({ devDependencies: _, exports, files: __, ...manifest }) => ({
  ...manifest,
  exports: Object.fromEntries(
    Object.entries(exports)
      .filter(([path]) => path !== "./testing")
      .map(([path, target]) => [path, withoutSource(target)]),
  ),
  publishConfig: { access: "public", provenance: true },
});
