import { posix } from "node:path";
import { importsOf } from "./imports.js";

/** A package of the house: its folder and what it may import of ours. */
interface House {
  readonly folder: string;
  readonly name: string;
  readonly mayImport: readonly string[];
  /** Entry points beside its index.ts. */
  readonly entries?: readonly string[];
}

const LAYERS = ["producers", "speed-layer", "batch-layer", "serving-layer"] as const;
const FOUNDATIONS = ["model", "storage/log/kpl", "storage"] as const;

const HOUSES: readonly House[] = [
  {
    folder: "producers/sdk",
    name: "@freshet/sdk",
    mayImport: ["storage/log/kpl"],
    entries: ["browser", "firehose", "kinesis", "node", "sqs"],
  },
  { folder: "serving-layer/client", name: "@freshet/client", mayImport: [] },
  { folder: "model", name: "@freshet/model", mayImport: [] },
  { folder: "storage/log/kpl", name: "@freshet/kpl", mayImport: [] },
  {
    folder: "storage",
    name: "@freshet/storage",
    mayImport: ["model", "storage/log/kpl", "speed-layer/consumer"],
  },
  { folder: "producers", name: "@freshet/producers", mayImport: [...FOUNDATIONS, "producers/sdk"] },
  { folder: "speed-layer/consumer", name: "@freshet/kinesis-consumer", mayImport: ["storage/log/kpl"] },
  {
    folder: "speed-layer",
    name: "@freshet/speed-layer",
    mayImport: [...FOUNDATIONS, "speed-layer/consumer"],
  },
  {
    folder: "batch-layer",
    name: "@freshet/batch-layer",
    mayImport: FOUNDATIONS,
    entries: ["firehose"],
  },
  {
    folder: "serving-layer",
    name: "@freshet/serving-layer",
    mayImport: [...FOUNDATIONS, "serving-layer/client"],
  },
  {
    folder: "simulators",
    name: "@freshet/simulators",
    mayImport: [...FOUNDATIONS, ...LAYERS, "producers/sdk", "serving-layer/client"],
  },
  {
    folder: "infra",
    name: "@freshet/infra",
    mayImport: [...FOUNDATIONS, "speed-layer", "batch-layer"],
  },
  {
    folder: "cli",
    name: "freshet",
    mayImport: [...FOUNDATIONS, ...LAYERS, "producers/sdk", "serving-layer/client", "simulators", "infra"],
  },
  {
    folder: "test",
    name: "@freshet/test",
    mayImport: [
      ...FOUNDATIONS,
      ...LAYERS,
      "producers/sdk",
      "serving-layer/client",
      "simulators",
      "infra",
      "cli",
    ],
  },
];

/** What `model` may take from Node: nothing that reads, writes, waits or looks at a clock. */
const PURE_NODE_MODULES = new Set(["node:crypto", "node:buffer"]);

export interface SourceFile {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

export interface PackageManifest {
  readonly folder: string;
  readonly dependencies: readonly string[];
  /** For its test files alone. */
  readonly devDependencies: readonly string[];
}

/** Tests, and what only tests use. */
export const isTestFile = (path: string): boolean =>
  path.startsWith("test/") || /\.(?:test|contract|bench|sim)\.ts$|\/(?:testing|fixtures)\//.test(path);

export const houseOf = (path: string): House | undefined =>
  HOUSES.find(({ folder }) => path.startsWith(`${folder}/`));

/** Every import that architecture.md section 4 forbids, as one line each. */
export const violations = (
  files: readonly SourceFile[],
  manifests: readonly PackageManifest[],
): readonly string[] =>
  files.flatMap((file) => {
    const house = houseOf(file.path);
    if (!house) return [];
    const ofPackage = manifests.find(({ folder }) => folder === house.folder);
    const ofRepository = manifests.find(({ folder }) => folder === "");
    const forTests = [ofPackage, ofRepository].flatMap((manifest) => manifest?.devDependencies ?? []);
    const dependencies = [...(ofPackage?.dependencies ?? []), ...(isTestFile(file.path) ? forTests : [])];
    return importsOf(file.text).flatMap((specifier) => {
      const fault = faultOf(file.path, house, specifier, dependencies);
      return fault === null ? [] : [`${file.path} imports ${specifier}: ${fault}`];
    });
  });

const faultOf = (
  path: string,
  house: House,
  specifier: string,
  dependencies: readonly string[],
): string | null => {
  if (specifier.startsWith(".")) return relativeFault(path, house, specifier);
  const test = isTestFile(path);
  if (specifier.startsWith("node:")) {
    const pure = house.folder !== "model" || test || PURE_NODE_MODULES.has(specifier);
    return pure ? null : "model is pure";
  }
  const target = HOUSES.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
  if (!target) return packageFault(specifier, dependencies);
  const forTests = test && specifier === `${target.name}/testing`;
  const isEntry = target.entries?.some((entry) => specifier === `${target.name}/${entry}`) ?? false;
  if (specifier !== target.name && !isEntry && !forTests)
    return `only ${target.name} itself, which is its index.ts`;
  if (target === house) return "within a package, imports are relative";
  if (house.mayImport.includes(target.folder)) return null;
  if (test && target.folder === "simulators") return null;
  return `${house.folder} may import ${house.mayImport.join(", ") || "nothing of ours"}`;
};

const relativeFault = (path: string, house: House, specifier: string): string | null => {
  const target = posix.join(posix.dirname(path), specifier);
  if (houseOf(target) !== house && target !== house.folder)
    return "across packages, imports are by package name";
  const source = target.replace(/\.js$/, ".ts");
  return isTestFile(source) && !isTestFile(path) ? "what is built does not use what only tests use" : null;
};

const packageFault = (specifier: string, dependencies: readonly string[]): string | null => {
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  return dependencies.includes(name) ? null : "not a dependency in the package's package.json";
};
