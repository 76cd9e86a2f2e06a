import { open, stat } from "node:fs/promises";
import { asStorageError, StorageError } from "../errors.js";

/*
 * LMDB maps its file into memory: a file that was cut short or overwritten would crash the process when it
 * is touched. So its two meta pages are read first. Layout (64 bit, little endian): page header of 24 bytes,
 * then magic u32, version u32, address u64, map size u64, two descriptors of 48 bytes (the first begins with
 * the page size, u32), last page u64, transaction u64.
 */
const MAGIC = 0xbeefc0de;
const META_AT = 24;
const PAGE_SIZE_AT = META_AT + 24;
const LAST_PAGE_AT = PAGE_SIZE_AT + 96;
const TRANSACTION_AT = LAST_PAGE_AT + 8;
const META_BYTES = TRANSACTION_AT + 8;
const PAGE_SIZES = new Set([4096, 8192, 16384, 32768, 65536]);

interface MetaPage {
  readonly pageBytes: number;
  readonly lastPage: bigint;
  readonly transaction: bigint;
}

const metaPage = (bytes: Buffer): MetaPage | null => {
  if (bytes.length < META_BYTES || bytes.readUInt32LE(META_AT) !== MAGIC) return null;
  const pageBytes = bytes.readUInt32LE(PAGE_SIZE_AT);
  if (!PAGE_SIZES.has(pageBytes)) return null;
  return {
    pageBytes,
    lastPage: bytes.readBigUInt64LE(LAST_PAGE_AT),
    transaction: bytes.readBigUInt64LE(TRANSACTION_AT),
  };
};

const verdict = async (file: string): Promise<string | null> => {
  const { size } = await stat(file);
  const handle = await open(file, "r");
  try {
    const read = async (position: number): Promise<Buffer> => {
      const buffer = Buffer.alloc(META_BYTES);
      const { bytesRead } = await handle.read(buffer, 0, META_BYTES, position);
      return buffer.subarray(0, bytesRead);
    };
    const first = metaPage(await read(0));
    if (!first) return "its first page is not one of a table file";
    const second = metaPage(await read(first.pageBytes));
    if (!second) return "its second page is not one of a table file";
    const newest = second.transaction > first.transaction ? second : first;
    const needed = (newest.lastPage + 1n) * BigInt(newest.pageBytes);
    return BigInt(size) < needed ? `it has ${size} bytes of at least ${needed}: it was cut short` : null;
  } finally {
    await handle.close();
  }
};

/** @throws StorageError `missing`, `unreadable` or `corrupt`, before anything touches the file. */
export const checkDataFile = async (file: string): Promise<void> => {
  let problem: string | null;
  try {
    problem = await verdict(file);
  } catch (error) {
    throw asStorageError(error, `reading ${file}`);
  }
  if (problem !== null) {
    throw new StorageError(
      "corrupt",
      `${file} is damaged: ${problem}; nothing was changed; restore a backup (\`freshet restore\`)`,
    );
  }
};
