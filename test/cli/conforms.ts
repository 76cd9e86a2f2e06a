import { readdirSync, readFileSync } from "node:fs";
import Schema, { type XSchema } from "typebox/schema";
import { expect } from "vitest";
import { repositoryFile } from "../support/freshet.js";

const directory = repositoryFile("docs/schemas");

/** By command, as kept. */
export const keptSchemas: ReadonlyMap<string, XSchema> = new Map(
  readdirSync(directory).map((file) => [
    file.replace(".json", ""),
    JSON.parse(readFileSync(`${directory}/${file}`, "utf8")) as XSchema,
  ]),
);

/** Commands whose output has been held against its schema. */
export const conformed = new Set<string>();

/** Holds what a command printed with `--json` against its kept schema, and gives it back. */
export const conforming = <T>(command: string, printed: string): T => {
  const document = JSON.parse(printed) as T;
  const name = command.replaceAll(" ", "-");
  const schema = keptSchemas.get(name);
  if (!schema) throw new Error(`docs/schemas has no ${name}.json`);
  const [valid, errors] = Schema.Errors(schema, document);
  const found = errors.map(({ instancePath, message }) => `${instancePath} ${message}`);
  expect(valid, `freshet ${command} --json: ${found.join("; ")}`).toBe(true);
  conformed.add(name);
  return document;
};

/** Places of a schema that let unknown members in. */
export const loosePlaces = (schema: unknown, place: string): readonly string[] => {
  if (typeof schema !== "object" || schema === null) return [];
  const loose = "properties" in schema && !("additionalProperties" in schema && !schema.additionalProperties);
  return [
    ...(loose ? [place] : []),
    ...Object.entries(schema).flatMap(([name, part]) => loosePlaces(part, `${place}/${name}`)),
  ];
};
