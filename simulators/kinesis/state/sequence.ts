import { invalidArgument } from "../errors.js";

/**
 * 56 digits, as Kinesis' are: "49", the millisecond (13), a counter with gaps (36), the shard's index (5). They grow through a stream, so
 * that a child's are above its parents'; they are not dense, and past what a double holds.
 */
export type Sequence = string;

export const SEQUENCE_DIGITS = 56;
const MS_DIGITS = 13;
const COUNTER_DIGITS = 36;
const SHARD_DIGITS = 5;

/** Below every sequence. */
export const ORIGIN: Sequence = "0".repeat(SEQUENCE_DIGITS);

export interface SequenceMaker {
  /** The next one of a shard; `nowMs` may go back, sequences do not. */
  next(nowMs: number, shardIndex: number): Sequence;
}

/** @param gap draws how far the counter jumps: a whole number, 1 or more */
export const createSequenceMaker = (gap: () => number): SequenceMaker => {
  let lastMs = 0;
  let counter = 0;
  return {
    next(nowMs, shardIndex) {
      lastMs = Math.max(lastMs, Math.floor(nowMs));
      counter += gap();
      return (
        "49" +
        String(lastMs).padStart(MS_DIGITS, "0") +
        String(counter).padStart(COUNTER_DIGITS, "0") +
        String(shardIndex).padStart(SHARD_DIGITS, "0")
      );
    },
  };
};

/**
 * Padded so that text compares as the number does.
 * @throws KinesisError InvalidArgumentException for what is no number, or one of another shard
 */
export const parseSequence = (text: string, shardId: string, shardIndex: number): Sequence => {
  if (!/^(?:0|[1-9]\d{0,55})$/.test(text))
    throw invalidArgument(`StartingSequenceNumber ${text} is not a sequence number.`);
  const sequence = text.padStart(SEQUENCE_DIGITS, "0");
  if (sequence === ORIGIN) return sequence;
  const owner = Number(sequence.slice(-SHARD_DIGITS));
  if (!sequence.startsWith("49") || owner !== shardIndex)
    throw invalidArgument(
      `Invalid StartingSequenceNumber ${text}. It was not given out by ${shardId}, for which the iterator is asked.`,
    );
  return sequence;
};
