import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { Failure } from "../output/failure.js";
import { createOutput } from "../output/print.js";
import { starterFiles } from "./starter.js";

/** `freshet init DIR`: a starter project. */
export const registerInit = (program: Command): void => {
  program
    .command("init")
    .description("write a starter project")
    .argument("[dir]", "where to", ".")
    .option("--json", "print JSON to standard output", false)
    .action((dir: string, options: { json: boolean }) => {
      const directory = resolve(dir);
      const files = starterFiles();
      const present = Object.keys(files).filter((name) => existsSync(join(directory, name)));
      if (present.length > 0) {
        throw new Failure(
          `${directory} already has ${present.join(", ")}: nothing was written. Choose an empty directory.`,
        );
      }
      mkdirSync(directory, { recursive: true });
      for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
      createOutput(options.json, process, Date.now).result(
        { directory, files: Object.keys(files) },
        () =>
          `Wrote ${Object.keys(files).join(", ")} to ${directory}.\nNext: cd ${dir} && npm install && npx freshet dev`,
      );
    });
};
