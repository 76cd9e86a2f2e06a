import { neededBy } from "./notices.mjs";

const nameOf = (path) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

/** A package URL, as https://github.com/package-url/purl-spec has it: the scope's @ is written %40. */
const purlOf = (name, version) => `pkg:npm/${name.replace("@", "%40")}@${version}`;

const hashesOf = (integrity = "") =>
  integrity
    .split(" ")
    .filter((one) => one.startsWith("sha512-"))
    .map((one) => ({
      alg: "SHA-512",
      content: Buffer.from(one.slice("sha512-".length), "base64").toString("hex"),
    }));

const licencesOf = (license) => {
  if (!license) return {};
  return { licenses: [/[ ()]/.test(license) ? { expression: license } : { license: { id: license } }] };
};

/** A bill of materials (CycloneDX 1.5): what the packages need to run, from the lock, and the packages themselves. */
export const sbomOf = (lock, packages) => {
  const own = packages.map(({ manifest: { name, version, license } }) => ({
    ...{ type: "library", name, version, purl: purlOf(name, version), "bom-ref": purlOf(name, version) },
    ...licencesOf(license),
  }));
  const paths = new Set(
    packages.flatMap(({ folder }) => neededBy(lock, folder)).filter((path) => path.includes("node_modules/")),
  );
  const others = new Map();
  for (const path of paths) {
    const { version, license, integrity } = lock.packages[path];
    const purl = purlOf(nameOf(path), version);
    others.set(purl, {
      ...{ type: "library", name: nameOf(path), version, purl, "bom-ref": purl },
      ...licencesOf(license),
      hashes: hashesOf(integrity),
    });
  }
  const components = [...own, ...others.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
  const { version } = packages[0].manifest;
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: {
      component: { type: "application", name: "freshet", version, "bom-ref": `freshet-release@${version}` },
    },
    components,
  };
};
