// Writes docs/schemas/<command>.json, the JSON Schema of each command's `--json`, from what is built.
// With --check: writes nothing, names the files that differ, and exits with 1.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { commandSchemas } from "../cli/dist/output/schemas.js";

const directory = new URL("../docs/schemas/", import.meta.url);
const check = process.argv.includes("--check");

mkdirSync(directory, { recursive: true });
const kept = new Map(
  readdirSync(directory).map((name) => [name, readFileSync(new URL(name, directory), "utf8")]),
);
const wanted = new Map(
  Object.entries(commandSchemas).map(([command, schema]) => {
    const head = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: `freshet ${command} --json`,
    };
    return [`${command.replaceAll(" ", "-")}.json`, `${JSON.stringify({ ...head, ...schema }, null, 2)}\n`];
  }),
);
const differing = [...new Set([...kept.keys(), ...wanted.keys()])].filter(
  (name) => kept.get(name) !== wanted.get(name),
);

for (const name of differing) {
  const text = wanted.get(name);
  if (check) console.log(`docs/schemas/${name} differs: \`npm run api\` writes it anew`);
  else if (text === undefined) rmSync(new URL(name, directory));
  else writeFileSync(new URL(name, directory), text);
}
process.exitCode = check && differing.length > 0 ? 1 : 0;
