import type { EpochMs, Reason, SequenceNumber, ShardId } from "@freshet/model";

/** An event that could not be counted, with its reason and position. */
export interface DeadLetter {
  readonly shard: ShardId;
  readonly sequence: SequenceNumber;
  readonly subsequence: number;
  readonly arrivalMs: EpochMs;
  readonly reason: Reason;
  /** What exactly was wrong, such as `dwellMs: expected integer`. Never the value of a `pii` field. */
  readonly detail: string;
  readonly type: string | null;
  readonly id: string | null;
  readonly timeMs: EpochMs | null;
  /** The event's bytes, cut to 64 KiB. */
  readonly body: Uint8Array;
}

/** When a letter went into the log again, and in which replay. */
export interface LetterReplay {
  readonly id: string;
  readonly atMs: EpochMs;
}

/** A letter as it is kept. */
export interface StoredLetter extends DeadLetter {
  /** Names the letter, opaque. */
  readonly place: string;
  /** Of the last time; null: it was never replayed. */
  readonly replay: LetterReplay | null;
}

export interface DeadLetterFilter {
  readonly reason?: Reason;
  readonly type?: string;
  readonly fromMs?: EpochMs;
  readonly toMs?: EpochMs;
  readonly text?: string;
  /** Only those that were replayed, or only those that were not. */
  readonly replayed?: boolean;
  /** Continue after this position, as a page's `next` says. */
  readonly after?: string;
  readonly limit: number;
}

/** Where letters are put. */
export interface DeadLetterSink {
  /** Idempotent by position: a letter that is there stays as it is. */
  put(letters: readonly DeadLetter[]): Promise<void>;
}

export interface DeadLetters extends DeadLetterSink {
  /** Newest arrival first. */
  search(
    filter: DeadLetterFilter,
  ): Promise<{ readonly letters: readonly StoredLetter[]; readonly next: string | null }>;
  /** Those of the places that are there, in their order. */
  find(places: readonly string[]): Promise<readonly StoredLetter[]>;
  /** Notes a replay of the letters that are there. */
  markReplayed(places: readonly string[], replay: LetterReplay): Promise<void>;
  count(): Promise<number>;
}
