import type { SequenceNumber } from "@freshet/model";

const SEQUENCE_DIGITS = 56;
const LOW_DIGITS = 4;
const LOW_COUNT = 10 ** LOW_DIGITS;
const LOW = Array.from({ length: LOW_COUNT }, (_, low) => String(low).padStart(LOW_DIGITS, "0"));
/** Of the last one asked for: neighbours share it. */
let high = -1;
let highText = "";

/** `sequenceNumber` of a safe integer, in a fraction of the time: the log makes one for every record. */
export const sequenceText = (sequence: number): SequenceNumber => {
  const wanted = Math.floor(sequence / LOW_COUNT);
  if (wanted !== high) {
    high = wanted;
    highText = String(high).padStart(SEQUENCE_DIGITS - LOW_DIGITS, "0");
  }
  return (highText + LOW[sequence % LOW_COUNT]) as SequenceNumber;
};
