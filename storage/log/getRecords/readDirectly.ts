import { type EpochMs, epochMs, sequenceNumber } from "@freshet/model";
import type { RecordBatch } from "../recordBatch.js";
import { decodeBase64 } from "./base64.js";
import { createJsonCursor, type JsonCursor, keyNames, Unpredicted } from "./jsonCursor.js";
import { arrivalOf, type RecordsPage, SEQUENCE_DIGITS_MAX, tailOf } from "./page.js";

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;

const RESPONSE_KEYS = keyNames("Records", "NextShardIterator", "MillisBehindLatest", "ChildShards");
const [RECORDS, ITERATOR, BEHIND, CHILDREN] = [0, 1, 2, 3];
const RECORD_KEYS = keyNames("Data", "PartitionKey", "SequenceNumber", "ApproximateArrivalTimestamp");
const [DATA, PARTITION_KEY, SEQUENCE, ARRIVAL] = [0, 1, 2, 3];
const NEEDED = (1 << 0) | (1 << 2) | (1 << 3);

/** By record; where in the body a text lies, its quotation marks included. */
interface Columns {
  readonly arrivalsMs: EpochMs[];
  readonly sequenceStarts: number[];
  readonly sequenceEnds: number[];
  /** -1: none. */
  readonly keyStarts: number[];
  readonly keyEnds: number[];
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

const readSequence = (cursor: JsonCursor, columns: Columns): void => {
  const start = cursor.passDigits();
  const digits = cursor.at - start - 2;
  if (digits === 0 || digits > SEQUENCE_DIGITS_MAX) throw new Unpredicted();
  columns.sequenceStarts.push(start);
  columns.sequenceEnds.push(cursor.at);
};

const readArrival = (cursor: JsonCursor): EpochMs => {
  const ms = cursor.thousandths();
  return ms >= 0 ? epochMs(ms) : known(arrivalOf(cursor.value()));
};

const readRecord = (cursor: JsonCursor, batch: RecordBatch, columns: Columns): void => {
  let seen = 0;
  let keyStart = -1;
  let keyEnd = -1;
  cursor.expect(OPEN_BRACE);
  do {
    const key = cursor.key(RECORD_KEYS);
    if (key >= 0) seen = seeOnce(seen, key);
    if (key === DATA) readData(cursor, batch);
    else if (key === PARTITION_KEY) {
      keyStart = cursor.passText();
      keyEnd = cursor.at;
    } else if (key === SEQUENCE) readSequence(cursor, columns);
    else if (key === ARRIVAL) columns.arrivalsMs.push(readArrival(cursor));
    else cursor.value();
  } while (cursor.take(COMMA));
  cursor.expect(CLOSE_BRACE);
  if ((seen & NEEDED) !== NEEDED) throw new Unpredicted();
  columns.keyStarts.push(keyStart);
  columns.keyEnds.push(keyEnd);
};

const readRecords = (cursor: JsonCursor, batch: RecordBatch): Columns => {
  const columns: Columns = {
    arrivalsMs: [],
    sequenceStarts: [],
    sequenceEnds: [],
    keyStarts: [],
    keyEnds: [],
  };
  cursor.expect(OPEN_BRACKET);
  if (cursor.take(CLOSE_BRACKET)) return columns;
  do readRecord(cursor, batch, columns);
  while (cursor.take(COMMA));
  cursor.expect(CLOSE_BRACKET);
  return columns;
};

const textAt = (body: Buffer, start: number, end: number): string =>
  JSON.parse(body.toString("utf8", start, end)) as string;

const readResponse = (body: Buffer, batch: RecordBatch): RecordsPage => {
  const cursor = createJsonCursor(body);
  let seen = 0;
  let columns: Columns | null = null;
  const beside: Record<string, unknown> = {};
  cursor.expect(OPEN_BRACE);
  do {
    const key = cursor.key(RESPONSE_KEYS);
    if (key >= 0) seen = seeOnce(seen, key);
    if (key === RECORDS) columns = readRecords(cursor, batch);
    else if (key === ITERATOR) beside["NextShardIterator"] = cursor.value();
    else if (key === BEHIND) beside["MillisBehindLatest"] = cursor.value();
    else if (key === CHILDREN) beside["ChildShards"] = cursor.value();
    else cursor.value();
  } while (cursor.take(COMMA));
  cursor.expect(CLOSE_BRACE);
  cursor.expectEnd();
  const { arrivalsMs, sequenceStarts, sequenceEnds, keyStarts, keyEnds } = known(columns);
  return {
    arrivalsMs,
    sequence: (record) =>
      sequenceNumber(textAt(body, sequenceStarts[record] as number, sequenceEnds[record] as number)),
    partitionKey: (record) => {
      const start = keyStarts[record] as number;
      return start < 0 ? null : textAt(body, start, keyEnds[record] as number);
    },
    ...known(tailOf(beside)),
  };
};

/**
 * Fills `batch` with the response's records, without a tree of the body: base64 is decoded to where the batch wants it.
 * Null where something is not as predicted; the batch is then to be cleared.
 */
export const readDirectly = (body: Buffer, batch: RecordBatch): RecordsPage | null => {
  try {
    return readResponse(body, batch);
  } catch (error) {
    if (error instanceof Unpredicted || error instanceof SyntaxError) return null;
    throw error;
  }
};
