import { StorageError } from "../errors.js";
import type { Records } from "./port.js";

/**
 * As `replace`; false also where an answer was lost and others have replaced the record since: for who looks again, and loses nothing
 * by making the same change twice.
 */
export const replaceOrLookAgain = async <T>(
  records: Pick<Records, "replace">,
  name: string,
  expected: number,
  value: T,
): Promise<boolean> => {
  try {
    return await records.replace(name, expected, value);
  } catch (error) {
    if (error instanceof StorageError && error.kind === "uncertain") return false;
    throw error;
  }
};
