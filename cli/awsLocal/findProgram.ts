import { accessSync, constants } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";

/** A program that speaks one of AWS' protocols. */
export interface LocalProgram {
  readonly name: string;
  /** Names its executable. */
  readonly variable: string;
  /** Below a folder in which `npm run test:engines` was run. */
  readonly prepared: string;
  readonly howTo: string;
}

export const MINISTACK: LocalProgram = {
  name: "ministack",
  variable: "FRESHET_MINISTACK",
  prepared: ".prepare/ministack/bin/ministack",
  howTo: "pip install ministack==1.5.33",
};

export const VERSITYGW: LocalProgram = {
  name: "versitygw",
  variable: "FRESHET_VERSITYGW",
  prepared: ".prepare/versitygw/v1.8.0/versitygw",
  howTo: "go install github.com/versity/versitygw/cmd/versitygw@v1.8.0",
};

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const foldersFrom = (folder: string): readonly string[] => {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersFrom(parent)];
};

/** What the variable names; else what was prepared in this folder or one above; else what is in PATH. */
export const findProgram = (
  { name, variable, prepared }: LocalProgram,
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
): string | undefined => {
  const named = environment[variable];
  if (named) return resolve(folder, named);
  const inPath = (environment["PATH"] ?? "").split(delimiter).filter(Boolean);
  return [
    ...foldersFrom(folder).map((one) => join(one, prepared)),
    ...inPath.map((one) => join(one, name)),
  ].find(isExecutable);
};
