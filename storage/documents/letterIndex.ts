import type { EpochMs } from "@freshet/model";
import type { StoredLetter } from "./port.js";

export interface LetterReport {
  readonly written: number;
  readonly refused: readonly { readonly place: string; readonly reason: string }[];
}

/** A copy of the dead letters to search in, beside where they are kept. */
export interface LetterIndex {
  /** Before the first letter is written. */
  prepare(): Promise<void>;
  /** Idempotent; the later replay of a letter stands. @throws StorageError */
  write(letters: readonly StoredLetter[]): Promise<LetterReport>;
  /** Letters that arrived before may go. */
  expire(endMs: EpochMs): Promise<void>;
}
