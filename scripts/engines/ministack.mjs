import { join } from "node:path";
import { findPython, prepareEnvironment, PYTHON, PYTHON_DEBIAN_PACKAGES } from "./python.mjs";
import { installDebianPackages } from "./system.mjs";

/** The first, and what it came with when it was tried. */
const REQUIREMENTS = [
  "ministack==1.5.33",
  "botocore==1.43.106",
  "defusedxml==0.7.1",
  "graphql-core==3.2.12",
  "h11==0.16.0",
  "h2==4.4.1",
  "hpack==4.2.0",
  "hypercorn==0.18.0",
  "hyperframe==6.1.0",
  "jmespath==1.1.0",
  "jsonata-python==0.7.1",
  "priority==2.0.0",
  "python-dateutil==2.9.0.post0",
  "pyyaml==6.0.3",
  "six==1.17.0",
  "urllib3==2.8.0",
  "wsproto==1.3.2",
];

/** MiniStack, which speaks DynamoDB: what the tests need of the environment, or what is missing. */
export const prepareMinistack = async (root) => {
  if (process.env.FRESHET_MINISTACK) return { env: {} };
  if (!findPython()) await installDebianPackages(PYTHON_DEBIAN_PACKAGES);
  const python = findPython();
  if (!python) {
    return {
      missing: [
        `The tests against DynamoDB's protocol need Python ${PYTHON} or newer with venv, and none was found.`,
        `Debian, Ubuntu: apt-get install ${PYTHON_DEBIAN_PACKAGES.join(" ")}`,
        "Elsewhere: install it, or set FRESHET_MINISTACK to the executable of ministack.",
      ],
    };
  }
  const environment = { name: "ministack", requirements: REQUIREMENTS, size: "90 MB" };
  const programs = await prepareEnvironment(root, python, environment);
  if (programs) return { env: { FRESHET_MINISTACK: join(programs, "ministack") } };
  return { missing: [`pip could not install ${REQUIREMENTS[0]} in .prepare/ministack.`] };
};
