import { createHash } from "node:crypto";

/** Kinesis takes keys of 1 to 256 characters. */
const KEY_CHARACTERS_MAX = 256;
const DIGEST_DIGITS = 32;

const digest = (content: string | Uint8Array): string =>
  createHash("sha256").update(content).digest("hex").slice(0, DIGEST_DIGITS);

/** The key itself where the log takes it, else its digest: equal keys stay equal. */
export const fittingKey = (key: string): string =>
  key.length >= 1 && key.length <= KEY_CHARACTERS_MAX ? key : digest(key);

/** For what has no key that could be read: copies still meet in one shard. */
export const contentKey = (bytes: Uint8Array): string => digest(bytes);
