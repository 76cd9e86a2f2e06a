import { crc32 } from "node:zlib";

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** Of DynamoDB, for a sort key of text. */
const SORT_KEY_BYTES_MAX = 1_024;

/**
 * A partition takes 1,000 write units and 3,000 read units a second. What belongs to no shard is spread by its sort key over so
 * many, and listed by asking each: a look at all tips is paid for by the partition. Tips of 4,000 shards, one a second, fit.
 */
const SPREAD = 4;

const partition = (kind: string, number: number): string => `${kind}#${String(number).padStart(2, "0")}`;

export const spreadPartitions = (kind: string): readonly string[] =>
  Array.from({ length: SPREAD }, (_, number) => partition(kind, number));

export const spreadKey = (kind: string, sk: string): ItemKey => ({
  pk: partition(kind, crc32(sk) % SPREAD),
  sk,
});

/** @throws RangeError when the name is empty, too long or holds U+0000: what one store refuses, all do. */
export const checkName = (name: string): void => {
  if (name === "" || name.includes("\u0000") || Buffer.byteLength(name) > SORT_KEY_BYTES_MAX)
    throw new RangeError(`not a name to store under: ${JSON.stringify(name.slice(0, 80))}`);
};

/** As DynamoDB orders text: by its bytes in UTF-8. */
export const compareUtf8 = (left: string, right: string): number =>
  Buffer.compare(Buffer.from(left), Buffer.from(right));
