import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../prepare/run.mjs";
import { inPath, installDebianPackages, outputOf } from "./system.mjs";

const REQUIREMENTS = ["pyspark==4.3.0", "py4j==0.10.9.9"];
/** The least that Spark 4.3 runs on. */
const JAVA = 17;
const PYTHON = "3.10";
const DEBIAN_PACKAGES = ["default-jre-headless", "python3", "python3-venv"];

const findJavaHome = () => {
  const java = [process.env.JAVA_HOME && join(process.env.JAVA_HOME, "bin/java"), inPath("java")]
    .filter((file) => file && existsSync(file))
    .find((file) => Number(/version "(\d+)/.exec(outputOf(file, ["-version"]) ?? "")?.[1]) >= JAVA);
  const settings = java && outputOf(java, ["-XshowSettings:properties", "-version"]);
  return settings ? /java\.home = (.*)/.exec(settings)?.[1]?.trim() : undefined;
};

const findPython = () => {
  const python = inPath("python3");
  const [major, minor] = PYTHON.split(".");
  const check = `import ensurepip, sys, venv; sys.exit(sys.version_info < (${major}, ${minor}))`;
  return python && outputOf(python, ["-c", check]) !== null ? python : undefined;
};

/** The Python of a virtual environment with PySpark in `.prepare/`; undefined when pip could not install it. */
const preparePython = async (root, python) => {
  const directory = join(root, ".prepare/spark");
  const own = join(directory, "bin/python");
  const stamp = join(directory, "requirements.txt");
  const wanted = `${REQUIREMENTS.join("\n")}\n`;
  if (existsSync(own) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return own;
  console.error(`Installing ${REQUIREMENTS.join(", ")} (500 MB) ...`);
  rmSync(directory, { recursive: true, force: true });
  if ((await run([python, "-m", "venv", directory])) !== 0) return undefined;
  const pip = [own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  if ((await run([...pip, ...REQUIREMENTS])) !== 0) return undefined;
  writeFileSync(stamp, wanted);
  return own;
};

/** Spark, for sketches: what the tests need of the environment, or what is missing. */
export const prepareSpark = async (root) => {
  if (!findJavaHome() || !findPython()) await installDebianPackages(DEBIAN_PACKAGES);
  const javaHome = findJavaHome();
  const python = findPython();
  if (!javaHome || !python) {
    return {
      missing: [
        `The tests against Spark need Java ${JAVA} or newer, and Python ${PYTHON} or newer with venv: ${javaHome ? "no Python" : "no Java"} was found.`,
        `Debian, Ubuntu: apt-get install ${DEBIAN_PACKAGES.join(" ")}`,
        "Elsewhere: install them, and set JAVA_HOME where java is not in PATH.",
      ],
    };
  }
  const sparkPython = await preparePython(root, python);
  if (sparkPython) return { env: { FRESHET_SPARK_PYTHON: sparkPython, JAVA_HOME: javaHome } };
  return { missing: [`pip could not install ${REQUIREMENTS.join(", ")} in .prepare/spark.`] };
};
