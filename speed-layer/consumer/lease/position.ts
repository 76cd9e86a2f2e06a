/** Where a user record lies in its shard: its record's sequence number, and its index in that record (0 where it travelled alone). */
export interface Position {
  /** Decimal, without leading zeros. */
  readonly sequence: string;
  readonly subsequence: number;
}

/** Sequence numbers are integers of up to 128 bits and more: longer is greater, and of equal length the text decides. */
export const compareSequences = (a: string, b: string): number =>
  a.length === b.length ? (a < b ? -1 : a > b ? 1 : 0) : a.length - b.length;

export const comparePositions = (a: Position, b: Position): number =>
  compareSequences(a.sequence, b.sequence) || a.subsequence - b.subsequence;
