import { hash } from "node:crypto";
import { DIGEST_BYTES } from "./format.js";

/**
 * Whether an aggregate's MD5 is compared; its structure always is. It decides what counts as an event, so all that read a log must
 * use the same one. `sampled` asks the record itself, so that it too gives everybody the same answer.
 */
export type DigestPolicy = "always" | "sampled" | "never";

/** `sampled` compares the aggregates whose own digest ends in this many zero bits: one in 16. */
const SAMPLED_BITS = 4;

const asked = (policy: DigestPolicy, lastByte: number): boolean => {
  switch (policy) {
    case "always":
      return true;
    case "sampled":
      return (lastByte & ((1 << SAMPLED_BITS) - 1)) === 0;
    case "never":
      return false;
  }
};

export const digestOf = (message: Uint8Array): Buffer => hash("md5", message, "buffer");

/**
 * Looks at the digest behind the message `[start, end)`. One without members is always compared: that says of the record that it
 * holds no event, and what it costs is nothing.
 */
export const digestHolds = (
  bytes: Uint8Array,
  start: number,
  end: number,
  policy: DigestPolicy,
  hasMembers: boolean,
): boolean => {
  if (hasMembers && !asked(policy, bytes[end + DIGEST_BYTES - 1] as number)) return true;
  const digest = digestOf(bytes.subarray(start, end));
  for (let index = 0; index < DIGEST_BYTES; index++) {
    if (digest[index] !== bytes[end + index]) return false;
  }
  return true;
};
