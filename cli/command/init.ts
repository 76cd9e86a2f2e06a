import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { Failure } from "../output/failure.js";
import { createOutput } from "../output/print.js";
import { version } from "../version.js";
import { STARTER_CONFIG, starterFiles, starterManifest } from "./starter.js";

const MANIFEST = "package.json";

const manifestFor = (path: string): string => {
  try {
    return starterManifest(existsSync(path) ? readFileSync(path, "utf8") : null, version);
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new Failure(`${path} is no JSON: nothing was written. ${error.message}`);
    throw error;
  }
};

/** `freshet init DIR`: a starter project, new or in a project that is there. */
export const registerInit = (program: Command): void => {
  program
    .command("init")
    .description("write a starter project")
    .argument("[dir]", "where to", ".")
    .option("--json", "print JSON to standard output", false)
    .action((dir: string, options: { json: boolean }) => {
      const directory = resolve(dir);
      const inside = (name: string): string => join(directory, name);
      if (existsSync(inside(STARTER_CONFIG)))
        throw new Failure(
          `${directory} already has ${STARTER_CONFIG}: nothing was written. Choose another directory.`,
        );
      const manifest = manifestFor(inside(MANIFEST));
      mkdirSync(directory, { recursive: true });
      const missing = Object.entries(starterFiles).filter(([name]) => !existsSync(inside(name)));
      const written = [...missing, [MANIFEST, manifest] as const];
      for (const [name, text] of written) writeFileSync(inside(name), text);
      const files = written.map(([name]) => name);
      const steps = [
        ...(directory === process.cwd() ? [] : [`cd ${dir}`]),
        ...(existsSync(inside("node_modules/freshet")) ? [] : ["npm install"]),
        "npx freshet dev",
      ];
      createOutput(options.json, process, Date.now).result(
        { directory, files },
        () => `Wrote ${files.join(", ")} in ${directory}.\nNext: ${steps.join(" && ")}`,
      );
    });
};
