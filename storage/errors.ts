/** What went wrong with stored state; decide by this, never by the message. */
export type StorageErrorKind =
  | "in_use" // another process has it open
  | "other_version" // written by another version of Freshet
  | "corrupt" // bytes that cannot be what was written
  | "full" // no space left, or a quota
  | "missing" // not there
  | "mismatch" // there, but belongs to something else or contradicts what was asked
  | "invalid" // a path or argument that can never work
  | "unreadable" // permissions or a failing device
  | "unavailable" // a service that does not answer, or throttles; may be tried again
  | "uncertain"; // a write whose answer was lost, and others have written since: look again

/** The message says what was tried, on what, and what to do. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  constructor(
    readonly kind: StorageErrorKind,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

const KINDS: Readonly<Record<string, StorageErrorKind>> = {
  ENOSPC: "full",
  EDQUOT: "full",
  EFBIG: "full",
  ENOENT: "missing",
  EACCES: "unreadable",
  EPERM: "unreadable",
  EIO: "unreadable",
  EROFS: "unreadable",
  ENOTDIR: "invalid",
  EISDIR: "invalid",
  ENAMETOOLONG: "invalid",
  // errno, and LMDB's own codes (lmdb.h)
  "2": "missing",
  "5": "unreadable",
  "13": "unreadable",
  "27": "full",
  "28": "full",
  "30": "unreadable",
  "122": "full",
  "-30792": "full",
  "-30793": "corrupt",
  "-30794": "other_version",
  "-30796": "corrupt",
  "-30797": "corrupt",
};

const ADVICE: Readonly<Record<StorageErrorKind, string>> = {
  in_use: "stop the other process and try again",
  other_version: "use the version of Freshet that wrote it, or `freshet migrate`",
  corrupt: "nothing was changed; restore a backup (`freshet restore`)",
  full: "what was acknowledged is safe; free space and start again",
  missing: "check the path, or restore a backup (`freshet restore`)",
  mismatch: "check that this is the directory you mean",
  invalid: "check the path",
  unreadable: "check permissions and the disk",
  unavailable: "try again",
  uncertain: "look at what stands now, and try again",
};

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "";

/** Gives an operating failure its kind; what is no failure of storage (a bug) is returned as it is. */
export const asStorageError = (error: unknown, tried: string): unknown => {
  if (error instanceof StorageError) return error;
  const kind = KINDS[codeOf(error)];
  if (!kind || !(error instanceof Error)) return error;
  return new StorageError(kind, `${tried}: ${error.message}; ${ADVICE[kind]}`, error);
};
