import { join } from "node:path";
import { findPython, prepareEnvironment, PYTHON, PYTHON_DEBIAN_PACKAGES } from "./python.mjs";
import { installDebianPackages } from "./system.mjs";

const REQUIREMENTS = ["cfn-lint==1.58.0"];

/** cfn-lint, which knows CloudFormation's schemas: what the tests need of the environment, or what is missing. */
export const prepareCfnLint = async (root) => {
  if (process.env.FRESHET_CFN_LINT) return { env: {} };
  if (!findPython()) await installDebianPackages(PYTHON_DEBIAN_PACKAGES);
  const python = findPython();
  if (!python) {
    return {
      missing: [
        `The check of the stacks' templates needs Python ${PYTHON} or newer with venv, and none was found.`,
        `Debian, Ubuntu: apt-get install ${PYTHON_DEBIAN_PACKAGES.join(" ")}`,
        "Elsewhere: install it, or set FRESHET_CFN_LINT to the executable of cfn-lint.",
      ],
    };
  }
  const environment = { name: "cfn-lint", requirements: REQUIREMENTS, size: "120 MB" };
  const programs = await prepareEnvironment(root, python, environment);
  if (programs) return { env: { FRESHET_CFN_LINT: join(programs, "cfn-lint") } };
  return { missing: [`pip could not install ${REQUIREMENTS[0]} in .prepare/cfn-lint.`] };
};
