/** A small JSON document with a revision that only grows. */
export interface Versioned<T> {
  readonly revision: number;
  readonly value: T;
}

/** Small named documents, each replaced by one conditional write: schedule, pointer, checkpoints, progress. */
export interface Records {
  get<T>(name: string): Promise<Versioned<T> | null>;
  /** Writes revision `expected + 1` if the stored revision is `expected` (0: none). False: somebody else was first. */
  replace<T>(name: string, expected: number, value: T): Promise<boolean>;
  list<T>(prefix: string): Promise<readonly { readonly name: string; readonly document: Versioned<T> }[]>;
  remove(name: string): Promise<void>;
}
