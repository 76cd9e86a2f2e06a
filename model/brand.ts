/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number & { readonly __unit: "EpochMs" };
/** A length of time in milliseconds. */
export type DurationMs = number & { readonly __unit: "DurationMs" };
/** A shard's id, as the log names it, such as `shardId-000000000000`. */
export type ShardId = string & { readonly __unit: "ShardId" };
/** Kinesis' sequence number as 56 decimal digits, zero-padded: comparing the text compares the number. */
export type SequenceNumber = string & { readonly __unit: "SequenceNumber" };
/** `floor(arrival clock / segment)`. */
export type Tick = number & { readonly __unit: "Tick" };
/** A group's key, one character (0-255) per byte of its canonical encoding: `<` compares bytes. */
export type GroupKey = string & { readonly __unit: "GroupKey" };

export const epochMs = (value: number): EpochMs => value as EpochMs;
export const durationMs = (value: number): DurationMs => value as DurationMs;
export const shardId = (value: string): ShardId => value as ShardId;
export const tick = (value: number): Tick => value as Tick;

const SEQUENCE_DIGITS = 56;

/** @throws RangeError when the value has a sign or more than 56 digits. */
export const sequenceNumber = (value: bigint | number | string): SequenceNumber => {
  const digits = String(value);
  if (!/^\d{1,56}$/.test(digits)) throw new RangeError(`not a sequence number: ${digits.slice(0, 80)}`);
  return digits.padStart(SEQUENCE_DIGITS, "0") as SequenceNumber;
};
