import type { EpochMs, SequenceNumber } from "@freshet/model";
import { StorageError } from "../../errors.js";
import type { RecordBatch } from "../recordBatch.js";
import { arrivalOf, isObject, type RecordsPage, sequenceOf, tailOf } from "./page.js";

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

const refuse = (why: string): never => {
  throw new StorageError("corrupt", `a GetRecords response was refused: ${why}; ask for the records again`);
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse(`it is no JSON (${error instanceof Error ? error.message : String(error)})`);
  }
};

/** Fills `batch` with the response's records, from `JSON.parse`. @throws StorageError `corrupt`; the batch is then to be cleared. */
export const readPlainly = (body: Uint8Array, batch: RecordBatch): RecordsPage => {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  const response = parse(text);
  if (!isObject(response) || !Array.isArray(response["Records"])) return refuse("it has no `Records`");
  const tail = tailOf(response) ?? refuse("its iterator, lag or child shards are of another type");
  const sequences: SequenceNumber[] = [];
  const arrivalsMs: EpochMs[] = [];
  const partitionKeys: (string | null)[] = [];
  for (const [index, record] of response["Records"].entries()) {
    if (!isObject(record)) return refuse(`record ${index} is no object`);
    const { Data: data, PartitionKey: key = null } = record;
    const sequence = sequenceOf(record["SequenceNumber"]);
    if (sequence === null) return refuse(`record ${index} has no sequence number`);
    const where = `record ${index} (sequence ${sequence})`;
    if (typeof data !== "string" || data.length % 4 !== 0 || !BASE64.test(data)) {
      return refuse(`the data of ${where} are not base64`);
    }
    if (key !== null && typeof key !== "string") return refuse(`the partition key of ${where} is no text`);
    const arrivalMs = arrivalOf(record["ApproximateArrivalTimestamp"]);
    if (arrivalMs === null) return refuse(`${where} has no time of arrival`);
    batch.add(Buffer.from(data, "base64"));
    sequences.push(sequence);
    arrivalsMs.push(arrivalMs);
    partitionKeys.push(key);
  }
  return {
    arrivalsMs,
    sequence: (record) => sequences[record] as SequenceNumber,
    partitionKey: (record) => partitionKeys[record] as string | null,
    ...tail,
  };
};
