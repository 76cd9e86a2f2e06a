import type { Table } from "../lmdb/environment.js";
import { unpackBlock } from "./block.js";

/**
 * Checks every block.
 * @returns How many records they hold.
 * @throws StorageError `corrupt` naming the first that is damaged.
 */
export const verifyBlocks = (blocks: Table): number => {
  let records = 0;
  for (const { key, value } of blocks.getRange({})) records += unpackBlock(key, value).length;
  return records;
};
