import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";

const digest = (key: string): Buffer => createHash("sha256").update(key).digest();

/** Compares by digests, in the same time whatever differs. */
export const createKeyCheck = (keys: readonly string[]): ((given: string | null) => boolean) => {
  const known = keys.map(digest);
  return (given) => {
    if (given === null) return false;
    const asked = digest(given);
    return known.reduce((found, key) => timingSafeEqual(key, asked) || found, false);
  };
};

const BEARER = /^Bearer +(\S+)$/i;

/** From `Authorization: Bearer KEY` or `X-Freshet-Key: KEY`. */
export const keyOf = ({ headers }: FastifyRequest): string | null => {
  const plain = headers["x-freshet-key"];
  return typeof plain === "string" ? plain : (BEARER.exec(headers.authorization ?? "")?.[1] ?? null);
};

/** Whether a request reached this machine by its loopback address; inside the process it has none. */
export const isLocal = ({ socket }: FastifyRequest): boolean => {
  const address = socket.localAddress;
  return address === undefined || address === "::1" || /^(::ffff:)?127\./.test(address);
};
