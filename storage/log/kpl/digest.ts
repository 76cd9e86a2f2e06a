import { hash } from "node:crypto";
import { DIGEST_BYTES, hasFrame, MAGIC } from "./format.js";
import type { Message } from "./md5/lanes.js";
import { md5OfMany } from "./md5/md5OfMany.js";

/**
 * Whether an aggregate's MD5 is compared; its structure always is. It decides what counts as an event, so all that read a log must
 * use the same one. `sampled` asks the record itself, so that it too gives everybody the same answer.
 */
export type DigestPolicy = "always" | "sampled" | "never";

/** `sampled` compares the aggregates whose own digest ends in this many zero bits: one in 16. */
const SAMPLED_BITS = 4;

const wants = (policy: DigestPolicy, lastByte: number): boolean => {
  switch (policy) {
    case "always":
      return true;
    case "sampled":
      return (lastByte & ((1 << SAMPLED_BITS) - 1)) === 0;
    case "never":
      return false;
  }
};

/**
 * Whether the digest behind the message `[start, end)` is to be compared. That of a message without members always is: it says of the
 * record that it holds no event, and costs nothing.
 */
export const isCompared = (
  policy: DigestPolicy,
  bytes: Uint8Array,
  end: number,
  hasMembers: boolean,
): boolean => !hasMembers || wants(policy, bytes[end + DIGEST_BYTES - 1] as number);

export const digestOf = (message: Uint8Array): Buffer => hash("md5", message, "buffer");

const isAt = (bytes: Uint8Array, end: number, digests: Uint8Array, from: number): boolean => {
  for (let index = 0; index < DIGEST_BYTES; index++) {
    if (bytes[end + index] !== digests[from + index]) return false;
  }
  return true;
};

/** True where the digest behind the message is its own. */
export const holdsDigest = (bytes: Uint8Array, start: number, end: number): boolean =>
  isAt(bytes, end, digestOf(bytes.subarray(start, end)), 0);

/** That of each message. */
export const holdDigests = (messages: readonly Message[]): readonly boolean[] => {
  const digests = md5OfMany(messages);
  return messages.map(({ bytes, end }, index) => isAt(bytes, end, digests, index * DIGEST_BYTES));
};

/** By record, where its digest is to be compared should it be an aggregate: whether it is that of its message. */
export const digestsOfRecords = (
  records: readonly Uint8Array[],
  policy: DigestPolicy,
): Map<Uint8Array, boolean> => {
  const compared = records.filter(
    (record) => hasFrame(record, 0, record.length) && wants(policy, record[record.length - 1] as number),
  );
  const hold = holdDigests(
    compared.map((bytes) => ({ bytes, start: MAGIC.length, end: bytes.length - DIGEST_BYTES })),
  );
  return new Map(compared.map((record, index) => [record, hold[index] as boolean]));
};
