import { EXPIRES } from "../aws/table/definition.js";
import { binary, type Item, jsonIn, number, text, textIn } from "../aws/table/item.js";
import { type ItemKey, spreadKey } from "../aws/table/key.js";
import type { DeadLetter, LetterReplay, StoredLetter } from "./port.js";

export const KIND = "letter";
const BODY_BYTES_MAX = 64 * 1024;
/** Of each text that comes from the event: an item has 400 KB at most. */
const TEXT_CHARS_MAX = 16 * 1024;
const ARRIVAL_DIGITS = 16;
const SUBSEQUENCE_DIGITS = 10;
const SORT_KEY = /^\d{16}#\d{56}#\d{10}#[\w.-]{1,128}$/;

/** Below every sort key of an arrival at or after `ms`. */
export const arrivalSortKey = (ms: number): string =>
  String(Math.max(0, Math.min(ms, Number.MAX_SAFE_INTEGER))).padStart(ARRIVAL_DIGITS, "0");

/** Orders by arrival, then by position. */
export const letterSortKey = ({ arrivalMs, shard, sequence, subsequence }: DeadLetter): string =>
  `${arrivalSortKey(arrivalMs)}#${sequence}#${String(subsequence).padStart(SUBSEQUENCE_DIGITS, "0")}#${shard}`;

export const letterKey = (letter: DeadLetter): ItemKey => spreadKey(KIND, letterSortKey(letter));

export const placeOf = (sortKey: string): string => Buffer.from(sortKey).toString("base64url");

/** Null for what names no letter. */
export const sortKeyOfPlace = (place: string): string | null => {
  const sortKey = Buffer.from(place, "base64url").toString("latin1");
  return SORT_KEY.test(sortKey) && placeOf(sortKey) === place ? sortKey : null;
};

const cut = <T extends string | null>(value: T): T =>
  (value === null ? null : value.slice(0, TEXT_CHARS_MAX)) as T;

/** @param expiresMs when it may go */
export const letterItem = (letter: DeadLetter, expiresMs: number): Item => {
  const { body, ...rest } = letter;
  const kept = { ...rest, detail: cut(rest.detail), type: cut(rest.type), id: cut(rest.id) };
  return {
    document: text(JSON.stringify(kept)),
    [EXPIRES]: number(Math.ceil(expiresMs / 1000)),
    ...(body.length > 0 && { body: binary(body.subarray(0, BODY_BYTES_MAX)) }),
  };
};

export const replayText = (replay: LetterReplay): string => JSON.stringify(replay);

export const letterFrom = (item: Item): StoredLetter => {
  const what = "a dead letter";
  const letter = jsonIn(item, "document", what) as Omit<DeadLetter, "body">;
  return {
    ...letter,
    body: Buffer.from(item["body"]?.B ?? []),
    place: placeOf(textIn(item, "sk", what)),
    replay: item["replayed"] ? (jsonIn(item, "replayed", what) as LetterReplay) : null,
  };
};
