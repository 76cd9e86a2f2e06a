import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../prepare/run.mjs";
import { inPath, outputOf } from "./system.mjs";

/** The least that the engines' packages run on. */
export const PYTHON = "3.10";
export const PYTHON_DEBIAN_PACKAGES = ["python3", "python3-venv"];

/** A Python that can make virtual environments; undefined when there is none. */
export const findPython = () => {
  const python = inPath("python3");
  const [major, minor] = PYTHON.split(".");
  const check = `import ensurepip, sys, venv; sys.exit(sys.version_info < (${major}, ${minor}))`;
  return python && outputOf(python, ["-c", check]) !== null ? python : undefined;
};

/** The `bin` of a virtual environment in `.prepare/` with these packages; undefined when pip could not install them. */
export const prepareVenv = async (root, name, python, requirements, size) => {
  const directory = join(root, ".prepare", name);
  const bin = join(directory, "bin");
  const stamp = join(directory, "requirements.txt");
  const wanted = `${requirements.join("\n")}\n`;
  if (existsSync(bin) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return bin;
  console.error(`Installing ${requirements[0]} (${size}) ...`);
  rmSync(directory, { recursive: true, force: true });
  if ((await run([python, "-m", "venv", directory])) !== 0) return undefined;
  const pip = [join(bin, "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  if ((await run([...pip, ...requirements])) !== 0) return undefined;
  writeFileSync(stamp, wanted);
  return bin;
};
