import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";

export const digest = (text: string | Buffer): string =>
  createHash("sha256").update(text).digest("base64url").slice(0, 22);

/** Weak: the same answer may be sent compressed in one way or another. */
export const weakTag = (text: string | Buffer): string => `W/"${digest(text)}"`;

const opaque = (tag: string): string => tag.trim().replace(/^W\//, "");

/** Whether a client holds what the tag stands for. */
export const holds = ({ headers }: FastifyRequest, tag: string): boolean =>
  headers["if-none-match"]
    ?.split(",")
    .some((candidate) => candidate.trim() === "*" || opaque(candidate) === opaque(tag)) ?? false;

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
  const tag = weakTag(`${request.url}\n${version}`);
  void reply.header("etag", tag).header("cache-control", "no-cache");
  if (holds(request, tag)) return reply.code(304).send();
  return reply.send(await answer());
};

/** The same for an answer that no version stands for: its tag is its own text's. */
export const sendDigested = (
  request: FastifyRequest,
  reply: FastifyReply,
  answer: object,
): Promise<FastifyReply> => {
  const text = JSON.stringify(answer);
  void reply.type("application/json; charset=utf-8");
  return sendTagged(request, reply, text, async () => text);
};
