import type { EpochMs } from "@freshet/model";
import { packDocument, unpackDocument } from "../lmdb/document.js";
import type { DeadLetter, LetterReplay, StoredLetter } from "./port.js";

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

const PLACE_BYTES_MIN = 8;

export const placeOf = (key: Buffer): string => key.toString("base64url");

/** Null for what names no letter. */
export const keyOfPlace = (place: string): Buffer | null => {
  const key = Buffer.from(place, "base64url");
  return key.length > PLACE_BYTES_MIN && key.toString("base64url") === place ? key : null;
};

type Kept = Omit<StoredLetter, "body" | "place">;

export const packLetter = ({ body, ...rest }: DeadLetter, bodyBytesMax: number): Buffer => {
  const kept: Kept = { ...rest, replay: null };
  return packDocument(kept, body.subarray(0, bodyBytesMax));
};

/** Letters of before replays were noted have no mark. */
export const unpackLetter = (key: Buffer, stored: Buffer): StoredLetter => {
  const { json, bytes } = unpackDocument(stored, "a dead letter");
  const { replay = null, ...rest } = json as Omit<Kept, "replay"> & { readonly replay?: LetterReplay | null };
  return { ...rest, replay, place: placeOf(key), body: bytes };
};

export const withReplay = ({ body, place: _, ...rest }: StoredLetter, replay: LetterReplay): Buffer => {
  const kept: Kept = { ...rest, replay };
  return packDocument(kept, body);
};
