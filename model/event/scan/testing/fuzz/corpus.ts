import { createHash } from "node:crypto";

/** Events as lines of JSON: how the hash of the bytes begins, and the bytes, a character each. */
export type Corpus = readonly Uint8Array[];

const HASH_CHARACTERS = 12;

const hashOf = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex").slice(0, HASH_CHARACTERS);

/** @throws Error when a line is not what was written. */
export const parseCorpus = (text: string): Corpus =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line, index) => {
      const parsed: unknown = JSON.parse(line);
      const [hash, content] = Array.isArray(parsed) ? (parsed as readonly unknown[]) : [];
      const bytes = Buffer.from(typeof content === "string" ? content : "", "latin1");
      if (hash !== hashOf(bytes)) throw new Error(`line ${index + 1} of the corpus is corrupt`);
      return bytes;
    });

export const formatCorpus = (corpus: Corpus): string =>
  corpus
    .map((bytes) => `${JSON.stringify([hashOf(bytes), Buffer.from(bytes).toString("latin1")])}\n`)
    .join("");
