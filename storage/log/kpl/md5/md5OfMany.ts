import { hash } from "node:crypto";
import { createMd5Lanes, type Md5Lanes, type Message } from "./lanes.js";

const DIGEST_BYTES = 16;
/** A lane is this much slower than OpenSSL alone: fewer messages, or one that outweighs the others, go there. */
const LANES_WORTH = 2;

let lanes: Md5Lanes | null | undefined;

const alone = ({ bytes, start, end }: Message): Uint8Array =>
  hash("md5", bytes.subarray(start, end), "buffer");

/** The MD5 of each message, 16 bytes each, in their order. */
export const md5OfMany = (messages: readonly Message[]): Uint8Array => {
  let total = 0;
  let longest = 0;
  for (const { start, end } of messages) {
    total += end - start;
    longest = Math.max(longest, end - start);
  }
  if (longest * LANES_WORTH < total) {
    if (lanes === undefined) lanes = createMd5Lanes();
    if (lanes) return lanes(messages);
  }
  const digests = new Uint8Array(messages.length * DIGEST_BYTES);
  messages.forEach((message, index) => digests.set(alone(message), index * DIGEST_BYTES));
  return digests;
};
