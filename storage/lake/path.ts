import { StorageError } from "../errors.js";

const PATH_BYTES_MAX = 1000;
const SEGMENT = /^[A-Za-z0-9_=-][A-Za-z0-9._=-]*$/;

const refused = (path: string): StorageError =>
  new StorageError(
    "invalid",
    `not a lake path: ${JSON.stringify(path.slice(0, 120))}; it is relative, parted by \`/\`, of letters, digits and -_.=, no part beginning with a dot`,
  );

/** @throws StorageError `invalid` for what is absolute, climbs (`..`), hides (`.x`) or has other characters. */
export const checkLakePath = (path: string): void => {
  if (path.length > PATH_BYTES_MAX || !path.split("/").every((segment) => SEGMENT.test(segment)))
    throw refused(path);
};

/** A prefix may end anywhere: in the middle of a name, after a `/`, or be empty. */
export const checkLakePrefix = (prefix: string): void => {
  if (prefix === "") return;
  checkLakePath(prefix.endsWith("/") ? prefix.slice(0, -1) : prefix);
};

/** One part of a path. */
export const checkLakeName = (name: string): void => {
  if (!SEGMENT.test(name)) throw refused(name);
};
