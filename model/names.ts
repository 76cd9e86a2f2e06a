import { refuse } from "./definitionError.js";

/** Column names come of them, and DuckDB's columns do not tell cases apart. */
const COLUMN_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;
const PUBLIC_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,99}$/;

/** Names of apps, events, lookups and metrics: they stand in addresses and on command lines. @throws DefinitionError */
export const checkPublicName = (name: unknown, what: string): void => {
  if (typeof name !== "string" || !PUBLIC_NAME.test(name) || name === "__proto__") {
    refuse(
      `${what} is named by 1 to 100 letters, digits or _ . : - (the first no sign), got ${JSON.stringify(name)}`,
    );
  }
};

/** Names of dimensions and measures. @throws DefinitionError */
export const checkColumnNames = (names: readonly string[], what: string): void => {
  const seen = new Map<string, string>();
  for (const name of names) {
    if (!COLUMN_NAME.test(name) || name === "__proto__") {
      refuse(
        `${what} is named by up to 63 letters, digits or _, not beginning with a digit; got ${JSON.stringify(name)}`,
      );
    }
    const other = seen.get(name.toLowerCase());
    if (other !== undefined)
      refuse(`${what} ${name} and ${other} differ in case only: SQL takes them for one`);
    seen.set(name.toLowerCase(), name);
  }
};

/** @throws DefinitionError when a name stands twice. */
export const checkDistinct = (names: readonly string[], what: string): void => {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) refuse(`${what} ${JSON.stringify(twice)} is defined twice`);
};
