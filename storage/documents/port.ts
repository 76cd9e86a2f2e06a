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

export interface DeadLetterFilter {
  readonly reason?: Reason;
  readonly type?: string;
  readonly fromMs?: EpochMs;
  readonly toMs?: EpochMs;
  readonly text?: string;
  /** Continue after this position, as a page's `next` says. */
  readonly after?: string;
  readonly limit: number;
}

export interface DeadLetters {
  /** Idempotent by position. */
  put(letters: readonly DeadLetter[]): Promise<void>;
  /** Newest arrival first. */
  search(
    filter: DeadLetterFilter,
  ): Promise<{ readonly letters: readonly DeadLetter[]; readonly next: string | null }>;
  count(): Promise<number>;
}
