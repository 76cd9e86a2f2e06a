import type { RecordBatch } from "../recordBatch.js";
import type { RecordsPage } from "./page.js";
import { readDirectly } from "./readDirectly.js";
import { readPlainly } from "./readPlainly.js";

/**
 * Fills `batch` anew with the records of a GetRecords response, given the bytes of its JSON body.
 * @throws StorageError `corrupt` for what is no such response; the batch is then empty.
 */
export const readGetRecords = (body: Uint8Array, batch: RecordBatch): RecordsPage => {
  batch.clear();
  const page = readDirectly(Buffer.from(body.buffer, body.byteOffset, body.byteLength), batch);
  if (page) return page;
  batch.clear();
  try {
    return readPlainly(body, batch);
  } catch (error) {
    batch.clear();
    throw error;
  }
};
