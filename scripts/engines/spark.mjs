import { existsSync } from "node:fs";
import { join } from "node:path";
import { findPython, prepareEnvironment, PYTHON, PYTHON_DEBIAN_PACKAGES } from "./python.mjs";
import { inPath, installDebianPackages, outputOf } from "./system.mjs";

/** The newest; and the Spark of the EMR release that `infra/batch/sparkApplication.ts` names: the job must run on both. */
const NEWEST = { name: "spark", requirements: ["pyspark==4.3.0", "py4j==0.10.9.9"], size: "500 MB" };
const DEPLOYED = { name: "spark-4.0", requirements: ["pyspark==4.0.2", "py4j==0.10.9.9"], size: "440 MB" };
/** The least that Spark 4.3 runs on. */
const JAVA = 17;
const DEBIAN_PACKAGES = ["default-jre-headless", ...PYTHON_DEBIAN_PACKAGES];

const findJavaHome = () => {
  const java = [process.env.JAVA_HOME && join(process.env.JAVA_HOME, "bin/java"), inPath("java")]
    .filter((file) => file && existsSync(file))
    .find((file) => Number(/version "(\d+)/.exec(outputOf(file, ["-version"]) ?? "")?.[1]) >= JAVA);
  const settings = java && outputOf(java, ["-XshowSettings:properties", "-version"]);
  return settings ? /java\.home = (.*)/.exec(settings)?.[1]?.trim() : undefined;
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
  const newest = await prepareEnvironment(root, python, NEWEST);
  const deployed = newest && (await prepareEnvironment(root, python, DEPLOYED));
  if (deployed) {
    const own = join(newest, "python");
    return {
      env: {
        FRESHET_SPARK_PYTHON: own,
        FRESHET_SPARK_SUBMIT: join(newest, "spark-submit"),
        FRESHET_DEPLOYED_SPARK_PYTHON: join(deployed, "python"),
        FRESHET_DEPLOYED_SPARK_SUBMIT: join(deployed, "spark-submit"),
        PYSPARK_PYTHON: own,
        JAVA_HOME: javaHome,
      },
    };
  }
  const lacking = newest ? DEPLOYED : NEWEST;
  return {
    missing: [`pip could not install ${lacking.requirements.join(", ")} in .prepare/${lacking.name}.`],
  };
};
