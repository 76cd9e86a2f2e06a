import type { RecordBatch } from "../recordBatch.js";
import type { RecordsPage } from "./page.js";
import { readDirectly } from "./readDirectly.js";
import { readPlainly } from "./readPlainly.js";

const read = (body: Buffer, batch: RecordBatch): RecordsPage => {
  batch.clear();
  const page = readDirectly(body, batch);
  if (page) return page;
  batch.clear();
  return readPlainly(body, batch);
};

/**
 * Fills `batch` anew with the records of a GetRecords response, given the bytes of its JSON body.
 * @throws StorageError `corrupt` for what is no such response; the batch is then empty.
 */
export const readGetRecords = (body: Uint8Array, batch: RecordBatch): RecordsPage => {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  try {
    return batch.together(() => read(bytes, batch));
  } catch (error) {
    batch.clear();
    throw error;
  }
};
