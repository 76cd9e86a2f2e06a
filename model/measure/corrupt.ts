import type { ByteReader } from "../bytes.js";

/** @throws RangeError always: the stored state cannot have been written by `encode`. */
export const corrupt = (measure: string, what: string): never => {
  throw new RangeError(`stored ${measure}: ${what}`);
};

/** Reads the version byte. @throws RangeError for another version. */
export const expectVersion = (from: ByteReader, version: number, measure: string): void => {
  const found = from.byte();
  if (found !== version) corrupt(measure, `version ${found}, not ${version}`);
};
