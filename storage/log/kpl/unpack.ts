import { type DigestPolicy, isCompared } from "./digest.js";
import type { EventOffsets } from "./eventOffsets.js";
import { DIGEST_BYTES, hasFrame, MAGIC } from "./format.js";
import { walkMembers } from "./walk.js";

/** Whether the digest behind the message `[start, end)` is its own: `holdsDigest`, now or later. */
export type DigestCheck = (bytes: Uint8Array, start: number, end: number, hasMembers: boolean) => boolean;

/**
 * Pushes where the members of the KPL aggregate in `[start, end)` lie. False, and nothing pushed, where it is none:
 * then the bytes are a user's own, however they begin.
 */
export const pushAggregate = (
  bytes: Uint8Array,
  start: number,
  end: number,
  policy: DigestPolicy,
  into: EventOffsets,
  holds: DigestCheck,
): boolean => {
  if (!hasFrame(bytes, start, end)) return false;
  const before = into.count;
  const messageStart = start + MAGIC.length;
  const messageEnd = end - DIGEST_BYTES;
  if (!walkMembers(bytes, messageStart, messageEnd, into)) return false;
  const hasMembers = into.count > before;
  if (!isCompared(policy, bytes, messageEnd, hasMembers)) return true;
  if (holds(bytes, messageStart, messageEnd, hasMembers)) return true;
  into.count = before;
  return false;
};
