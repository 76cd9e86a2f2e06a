import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { asStorageError, StorageError } from "../errors.js";
import { type PageFile, treeAt, treeProblem } from "./pageTree.js";

/*
 * An LMDB file begins with two meta pages, of which the newer counts: page header of 24 bytes, then magic u32,
 * version u32, address u64, map size u64, two tree descriptors of 48 bytes (free pages, tables; the first begins with
 * the page size, u32), last page u64, transaction u64.
 */
const MAGIC = 0xbeefc0de;
const MAGIC_AT = 24;
const FREE_TREE_AT = MAGIC_AT + 24;
const MAIN_TREE_AT = FREE_TREE_AT + 48;
const LAST_PAGE_AT = MAIN_TREE_AT + 48;
const TRANSACTION_AT = LAST_PAGE_AT + 8;
const META_BYTES = TRANSACTION_AT + 8;
const PAGE_SIZES = new Set([4096, 8192, 16384, 32768, 65536]);

/** An opening looks at the upper levels of large tables, and at all of small ones. */
const PAGES_AT_OPENING_MAX = 2_000;
/** A file that changes under the walk is looked at again; one that always does is being used, hence usable. */
const ATTEMPTS_MAX = 3;

interface Meta {
  readonly bytes: Buffer;
  readonly pageBytes: number;
  readonly transaction: bigint;
}

const readMeta = (descriptor: number, position: number): Meta | null => {
  const bytes = Buffer.alloc(META_BYTES);
  if (readSync(descriptor, bytes, 0, META_BYTES, position) !== META_BYTES) return null;
  const pageBytes = bytes.readUInt32LE(FREE_TREE_AT);
  if (bytes.readUInt32LE(MAGIC_AT) !== MAGIC || !PAGE_SIZES.has(pageBytes)) return null;
  return { bytes, pageBytes, transaction: bytes.readBigUInt64LE(TRANSACTION_AT) };
};

const newestMeta = (descriptor: number): Meta | null => {
  const first = readMeta(descriptor, 0);
  const second = first && readMeta(descriptor, first.pageBytes);
  if (!first || !second) return null;
  return second.transaction > first.transaction ? second : first;
};

const problemOf = (descriptor: number, { bytes, pageBytes }: Meta, pagesMax: number): string | null => {
  const pages = Math.floor(fstatSync(descriptor).size / pageBytes);
  const file: PageFile = { descriptor, pageBytes, pages };
  // Free pages at its end may be missing by right; then only a whole walk tells whether others are, too.
  const short = BigInt(pages) <= bytes.readBigUInt64LE(LAST_PAGE_AT);
  const trees = [treeAt(bytes, FREE_TREE_AT), treeAt(bytes, MAIN_TREE_AT)];
  return treeProblem(file, trees, short ? Number.POSITIVE_INFINITY : pagesMax);
};

const verdict = (descriptor: number, pagesMax: number): string | null => {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const meta = newestMeta(descriptor);
    if (!meta) return "it does not begin as a table file does";
    const problem = problemOf(descriptor, meta, pagesMax);
    if (problem === null) return null;
    if (newestMeta(descriptor)?.transaction === meta.transaction) return problem;
  }
  return null;
};

/**
 * Looks at an LMDB file before anything maps it into memory.
 * @throws StorageError `missing`, `unreadable` or `corrupt`; the file is only read.
 */
export const checkDataFile = (
  file: string,
  { whole }: { readonly whole: boolean } = { whole: false },
): void => {
  let problem: string | null;
  try {
    const descriptor = openSync(file, "r");
    try {
      problem = verdict(descriptor, whole ? Number.POSITIVE_INFINITY : PAGES_AT_OPENING_MAX);
    } finally {
      closeSync(descriptor);
    }
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
