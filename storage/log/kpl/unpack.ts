import type { EventOffsets } from "./eventOffsets.js";
import { type DigestPolicy, holdsDigest, isCompared } from "./digest.js";
import { DIGEST_BYTES, hasFrame, MAGIC } from "./format.js";
import type { Message } from "./md5/lanes.js";
import { walkMembers } from "./walk.js";

/**
 * Pushes where the members of the KPL aggregate in `[start, end)` lie. False, and nothing pushed, where it is none:
 * then the bytes are a user's own, however they begin. Where `later` is given, a digest that is to be compared is noted there instead.
 */
export const pushAggregate = (
  bytes: Uint8Array,
  start: number,
  end: number,
  policy: DigestPolicy,
  into: EventOffsets,
  later: Message[] | null,
): boolean => {
  if (!hasFrame(bytes, start, end)) return false;
  const before = into.count;
  const messageStart = start + MAGIC.length;
  const messageEnd = end - DIGEST_BYTES;
  if (!walkMembers(bytes, messageStart, messageEnd, into)) return false;
  const hasMembers = into.count > before;
  if (!isCompared(policy, bytes, messageEnd, hasMembers)) return true;
  if (later && hasMembers) {
    later.push({ start: messageStart, end: messageEnd });
    return true;
  }
  if (holdsDigest(bytes, messageStart, messageEnd)) return true;
  into.count = before;
  return false;
};
