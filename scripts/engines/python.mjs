import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../prepare/run.mjs";
import { inPath, outputOf } from "./system.mjs";

/** The least that everything here runs on. */
export const PYTHON = "3.11";
export const PYTHON_DEBIAN_PACKAGES = ["python3", "python3-venv"];

/** A Python that is new enough and has venv. */
export const findPython = () => {
  const python = inPath("python3");
  const [major, minor] = PYTHON.split(".");
  const check = `import ensurepip, sys, venv; sys.exit(sys.version_info < (${major}, ${minor}))`;
  return python && outputOf(python, ["-c", check]) !== null ? python : undefined;
};

/** The folder of the programs of a virtual environment `.prepare/NAME` that has these; undefined when pip could not install them. */
export const prepareEnvironment = async (root, python, { name, requirements, size }) => {
  const directory = join(root, ".prepare", name);
  const programs = join(directory, "bin");
  const stamp = join(directory, "requirements.txt");
  const wanted = `${requirements.join("\n")}\n`;
  const own = join(programs, "python");
  if (existsSync(own) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return programs;
  console.error(`Installing ${requirements.join(", ")} (${size}) ...`);
  rmSync(directory, { recursive: true, force: true });
  if ((await run([python, "-m", "venv", directory])) !== 0) return undefined;
  const pip = [own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  if ((await run([...pip, ...requirements])) !== 0) return undefined;
  writeFileSync(stamp, wanted);
  return programs;
};
