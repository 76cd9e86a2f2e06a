import { type EventOffsets, pushEvent } from "./eventOffsets.js";
import { DATA, EXPLICIT_HASH_KEY_INDEX, MEMBER, PARTITION_KEY_INDEX, TAG, TAG_KEY } from "./format.js";
import { BROKEN, createWireReader, type WireReader } from "./wire.js";

/** Passes over a Tag; false when it has no key, which protobuf requires. */
const skipTag = (wire: WireReader, end: number): boolean => {
  let hasKey = false;
  while (wire.at < end) {
    const tag = wire.tag(end);
    if (tag === BROKEN || !wire.skip(tag, end)) return false;
    if (tag === TAG_KEY) hasKey = true;
  }
  return hasKey;
};

/** Finds the data of the member that begins at `wire.at`; of fields given twice the last counts, as protobuf demands. */
const pushMember = (wire: WireReader, end: number, into: EventOffsets): boolean => {
  let hasKey = false;
  let dataStart = BROKEN;
  let dataEnd = BROKEN;
  while (wire.at < end) {
    const tag = wire.tag(end);
    if (tag === TAG) {
      const length = wire.length(end);
      if (length === BROKEN || !skipTag(wire, wire.at + length)) return false;
    } else if (tag === DATA) {
      const length = wire.length(end);
      if (length === BROKEN) return false;
      dataStart = wire.at;
      dataEnd = wire.at += length;
    } else {
      if (tag === BROKEN || !wire.skip(tag, end)) return false;
      if (tag === PARTITION_KEY_INDEX) hasKey = true;
    }
  }
  if (!hasKey || dataStart === BROKEN) return false;
  pushEvent(into, dataStart, dataEnd);
  return true;
};

/**
 * Where the data of a member lies that has the layout producers write: key index, at most an explicit hash key's index, data.
 * Returns its start, or BROKEN: then look at the member slowly.
 */
const predictedData = (bytes: Uint8Array, start: number, end: number): number => {
  let at = start;
  if (bytes[at++] !== PARTITION_KEY_INDEX) return BROKEN;
  if ((bytes[at++] as number) > 0x7f && (bytes[at++] as number) > 0x7f && (bytes[at++] as number) > 0x7f) {
    return BROKEN;
  }
  let tag = bytes[at++] as number;
  if (tag === EXPLICIT_HASH_KEY_INDEX) {
    if ((bytes[at++] as number) > 0x7f && (bytes[at++] as number) > 0x7f && (bytes[at++] as number) > 0x7f) {
      return BROKEN;
    }
    tag = bytes[at++] as number;
  }
  if (tag !== DATA) return BROKEN;
  let length = bytes[at++] as number;
  if (length > 0x7f) {
    const second = bytes[at++] as number;
    length = (length & 0x7f) | ((second & 0x7f) << 7);
    if (second > 0x7f) {
      const third = bytes[at++] as number;
      if (third > 0x7f) return BROKEN;
      length |= third << 14;
    }
  }
  return at + length === end ? at : BROKEN;
};

const pushMembers = (bytes: Uint8Array, start: number, end: number, into: EventOffsets): boolean => {
  const wire = createWireReader(bytes);
  // Reads of `predictedData` may pass `end`, but what they find counts only when it ends at its member's own end.
  let at = start;
  while (at < end) {
    wire.at = at;
    const tag = bytes[at] === MEMBER ? bytes[wire.at++] : wire.tag(end);
    if (tag !== MEMBER) {
      if (tag === BROKEN || !wire.skip(tag as number, end)) return false;
      at = wire.at;
      continue;
    }
    const length = wire.length(end);
    if (length === BROKEN) return false;
    const memberEnd = wire.at + length;
    const dataStart = predictedData(bytes, wire.at, memberEnd);
    if (dataStart !== BROKEN) pushEvent(into, dataStart, memberEnd);
    else if (!pushMember(wire, memberEnd, into)) return false;
    at = memberEnd;
  }
  return true;
};

/**
 * Pushes where each member's data lies in the protobuf message `[start, end)`, in order; keys and tags are checked and passed over.
 * False, and nothing pushed, where the bytes are not wholly such a message.
 */
export const walkMembers = (bytes: Uint8Array, start: number, end: number, into: EventOffsets): boolean => {
  const before = into.count;
  if (pushMembers(bytes, start, end, into)) return true;
  into.count = before;
  return false;
};
