import type { EpochMs } from "@freshet/model";
import { packDocument, unpackDocument } from "../lmdb/document.js";
import type { DeadLetter } from "./port.js";

const TWO_32 = 2 ** 32;

/** Orders by arrival, then by position. */
export const letterKey = ({ arrivalMs, shard, sequence, subsequence }: DeadLetter): Buffer => {
  const arrival = Buffer.allocUnsafe(8);
  arrival.writeUInt32BE(Math.floor(arrivalMs / TWO_32), 0);
  arrival.writeUInt32BE(arrivalMs % TWO_32, 4);
  const last = Buffer.allocUnsafe(4);
  last.writeUInt32BE(subsequence, 0);
  return Buffer.concat([arrival, Buffer.from(sequence, "latin1"), last, Buffer.from(shard, "utf8")]);
};

/** Below every key of an arrival at or after `ms`. */
export const arrivalKey = (ms: EpochMs | number): Buffer => {
  const key = Buffer.allocUnsafe(8);
  key.writeUInt32BE(Math.floor(ms / TWO_32), 0);
  key.writeUInt32BE(ms % TWO_32, 4);
  return key;
};

export const packLetter = (letter: DeadLetter, bodyBytesMax: number): Buffer => {
  const { body, ...rest } = letter;
  return packDocument(rest, body.subarray(0, bodyBytesMax));
};

export const unpackLetter = (stored: Buffer): DeadLetter => {
  const { json, bytes } = unpackDocument(stored, "a dead letter");
  return { ...(json as Omit<DeadLetter, "body">), body: bytes };
};
