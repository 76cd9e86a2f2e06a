import { createHash } from "node:crypto";

/** Kinesis takes keys of 1 to 256 characters. */
const KEY_CHARACTERS_MAX = 256;
const DIGEST_DIGITS = 32;

/** The SHA-256 of a content, short enough for a key: for what has no key of its own. */
export const contentKey = (content: string | Uint8Array): string =>
  createHash("sha256").update(content).digest("hex").slice(0, DIGEST_DIGITS);

/** The key itself where Kinesis takes it, else its digest: equal keys stay equal. */
export const fittingKey = (key: string): string =>
  key.length >= 1 && key.length <= KEY_CHARACTERS_MAX ? key : contentKey(key);
