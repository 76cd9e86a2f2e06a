import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";

export const digest = (text: string): string =>
  createHash("sha256").update(text).digest("base64url").slice(0, 22);

const matches = (header: string | undefined, tag: string): boolean =>
  header
    ?.split(",")
    .some((candidate) => candidate.trim() === "*" || candidate.trim().replace(/^W\//, "") === tag) ?? false;

/**
 * Sends an answer under the tag of its question and of what has been read, or 304 where the client holds it.
 * Always to be asked again: what is settled today can be touched by a late event tomorrow.
 */
export const sendTagged = async (
  request: FastifyRequest,
  reply: FastifyReply,
  version: string,
  answer: () => Promise<unknown>,
): Promise<FastifyReply> => {
  const tag = `"${digest(`${request.url}\n${version}`)}"`;
  void reply.header("etag", tag).header("cache-control", "no-cache");
  if (matches(request.headers["if-none-match"], tag)) return reply.code(304).send();
  return reply.send(await answer());
};
