/** Immutable files under a prefix. Paths are relative, with `/`, of letters, digits and `-_.=`. */
export interface Lake {
  /** Atomic: readers see all of the file or nothing. Writing the same path again with the same bytes is no error, with others one (`mismatch`). */
  put(path: string, bytes: Uint8Array): Promise<void>;
  /** @throws StorageError `missing` when there is none. */
  get(path: string, range?: { readonly offset: number; readonly length: number }): Promise<Uint8Array>;
  /** Paths below a prefix, in byte order. */
  list(prefix: string): Promise<readonly string[]>;
  remove(path: string): Promise<void>;
  /** A new local file name to write to, for `publish`. */
  scratch(extension: string): Promise<string>;
  /** Moves a finished local file into the lake, atomically and durably. */
  publish(localFile: string, path: string): Promise<void>;
  /** Makes a file durable that another program wrote at its path. @throws StorageError `missing` */
  settle(path: string): Promise<void>;
  /** A local file with this content, for DuckDB (embedded: the file itself). */
  local(path: string): Promise<string>;
}
