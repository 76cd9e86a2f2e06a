import { join } from "node:path";
import { findPython, prepareEnvironment, PYTHON, PYTHON_DEBIAN_PACKAGES } from "./python.mjs";
import { installDebianPackages } from "./system.mjs";

const REQUIREMENTS = ["schemathesis==4.32.5"];

/** Schemathesis, for the API: what the tests need of the environment, or what is missing. */
export const prepareSchemathesis = async (root) => {
  if (!findPython()) await installDebianPackages(PYTHON_DEBIAN_PACKAGES);
  const python = findPython();
  if (!python) {
    return {
      missing: [
        `The tests of the API's document need Python ${PYTHON} or newer with venv, and none was found.`,
        `Debian, Ubuntu: apt-get install ${PYTHON_DEBIAN_PACKAGES.join(" ")}`,
      ],
    };
  }
  const environment = { name: "schemathesis", requirements: REQUIREMENTS, size: "100 MB" };
  const programs = await prepareEnvironment(root, python, environment);
  if (programs) return { env: { FRESHET_SCHEMATHESIS: join(programs, "schemathesis") } };
  return { missing: [`pip could not install ${REQUIREMENTS.join(", ")} in .prepare/schemathesis.`] };
};
