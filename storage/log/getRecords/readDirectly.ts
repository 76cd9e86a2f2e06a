import type { EpochMs, SequenceNumber } from "@freshet/model";
import type { RecordBatch } from "../recordBatch.js";
import { decodeBase64 } from "./base64.js";
import { createJsonCursor, type JsonCursor, Unpredicted } from "./jsonCursor.js";
import { arrivalOf, type RecordsPage, sequenceOf, tailOf } from "./page.js";

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;

const names = (...texts: readonly string[]): readonly Uint8Array[] => texts.map((text) => Buffer.from(text));

const RESPONSE_KEYS = names("Records", "NextShardIterator", "MillisBehindLatest", "ChildShards");
const [RECORDS, ITERATOR, BEHIND, CHILDREN] = [0, 1, 2, 3];
const RECORD_KEYS = names("Data", "PartitionKey", "SequenceNumber", "ApproximateArrivalTimestamp");
const [DATA, PARTITION_KEY, SEQUENCE, ARRIVAL] = [0, 1, 2, 3];
const NEEDED = (1 << 0) | (1 << 2) | (1 << 3);

interface Lists {
  readonly sequences: SequenceNumber[];
  readonly arrivalsMs: EpochMs[];
  readonly partitionKeys: (string | null)[];
}

/** Of keys given twice the last counts, which the first has already been read for. */
const seeOnce = (seen: number, key: number): number => {
  const bit = 1 << key;
  if ((seen & bit) !== 0) throw new Unpredicted();
  return seen | bit;
};

const readData = (cursor: JsonCursor, batch: RecordBatch): void => {
  const length = decodeBase64(cursor.longText(), batch);
  if (length < 0) throw new Unpredicted();
  batch.addReserved(length);
};

const known = <Value>(value: Value | null): Value => {
  if (value === null) throw new Unpredicted();
  return value;
};

const readRecord = (cursor: JsonCursor, batch: RecordBatch, lists: Lists): void => {
  let seen = 0;
  let partitionKey: string | null = null;
  cursor.expect(OPEN_BRACE);
  do {
    const key = cursor.key(RECORD_KEYS);
    if (key >= 0) seen = seeOnce(seen, key);
    if (key === DATA) readData(cursor, batch);
    else if (key === PARTITION_KEY) partitionKey = cursor.text();
    else if (key === SEQUENCE) lists.sequences.push(known(sequenceOf(cursor.text())));
    else if (key === ARRIVAL) lists.arrivalsMs.push(known(arrivalOf(cursor.value())));
    else cursor.value();
  } while (cursor.take(COMMA));
  cursor.expect(CLOSE_BRACE);
  if ((seen & NEEDED) !== NEEDED) throw new Unpredicted();
  lists.partitionKeys.push(partitionKey);
};

const readRecords = (cursor: JsonCursor, batch: RecordBatch): Lists => {
  const lists: Lists = { sequences: [], arrivalsMs: [], partitionKeys: [] };
  cursor.expect(OPEN_BRACKET);
  if (cursor.take(CLOSE_BRACKET)) return lists;
  do readRecord(cursor, batch, lists);
  while (cursor.take(COMMA));
  cursor.expect(CLOSE_BRACKET);
  return lists;
};

const readResponse = (cursor: JsonCursor, batch: RecordBatch): RecordsPage => {
  let seen = 0;
  let lists: Lists | null = null;
  const beside: Record<string, unknown> = {};
  cursor.expect(OPEN_BRACE);
  do {
    const key = cursor.key(RESPONSE_KEYS);
    if (key >= 0) seen = seeOnce(seen, key);
    if (key === RECORDS) lists = readRecords(cursor, batch);
    else if (key === ITERATOR) beside["NextShardIterator"] = cursor.value();
    else if (key === BEHIND) beside["MillisBehindLatest"] = cursor.value();
    else if (key === CHILDREN) beside["ChildShards"] = cursor.value();
    else cursor.value();
  } while (cursor.take(COMMA));
  cursor.expect(CLOSE_BRACE);
  cursor.expectEnd();
  return { ...known(lists), ...known(tailOf(beside)) };
};

/**
 * Fills `batch` with the response's records, without a tree of the body: base64 is decoded to where the batch wants it.
 * Null where something is not as predicted; the batch is then to be cleared.
 */
export const readDirectly = (body: Buffer, batch: RecordBatch): RecordsPage | null => {
  try {
    return readResponse(createJsonCursor(body), batch);
  } catch (error) {
    if (error instanceof Unpredicted || error instanceof SyntaxError) return null;
    throw error;
  }
};
