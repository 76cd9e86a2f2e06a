import { readSync } from "node:fs";

/*
 * LMDB trusts its pages: a wrong page number or offset makes it read beyond the map, which ends the process. This walk
 * follows the same references in plain reads, and says what is wrong. Page (little endian): own number u64, transaction
 * u64, pad u16, flags u16, lower u16, upper u16, then the nodes' offsets, u16, from the end of that header. Node: two
 * u16 of size or child, flags u16, key size u16, key, data. A tree descriptor (48 bytes) has its depth u16 at 6,
 * its entries u64 at 32 and its root page u64 at 40.
 */
const HEADER_BYTES = 24;
const NODE_BYTES = 8;
const DESCRIPTOR_BYTES = 48;
const BRANCH = 0x01;
const LEAF = 0x02;
const OVERFLOW = 0x04;
const DATA_ELSEWHERE = 0x01;
const IS_TREE = 0x02;
const NO_PAGE = 0xffff_ffff_ffff_ffffn;
const DEPTH_MAX = 32;

export interface PageFile {
  readonly descriptor: number;
  readonly pageBytes: number;
  /** Whole pages in the file. */
  readonly pages: number;
}

class Damage extends Error {}

const damaged = (page: number | bigint, why: string): Damage => new Damage(`page ${page} ${why}`);

const readPage = ({ descriptor, pageBytes, pages }: PageFile, page: bigint, into: Buffer): number => {
  if (page < 2n || page >= BigInt(pages))
    throw damaged(page, `lies outside the file of ${pages} pages: it was cut short or damaged`);
  const number = Number(page);
  if (readSync(descriptor, into, 0, into.length, number * pageBytes) !== into.length)
    throw damaged(page, "cannot be read whole");
  if (into.readBigUInt64LE(0) !== page) throw damaged(page, "has another page's number");
  return number;
};

/** A table: what it says that it holds, and what has been met of it. */
interface Tree {
  readonly entries: bigint;
  met: number;
}

/** A page and how many levels lie below and with it. */
interface Subtree {
  readonly tree: Tree;
  readonly root: bigint;
  readonly depth: number;
}

export const treeAt = (bytes: Buffer, at: number): Subtree => ({
  tree: { entries: bytes.readBigUInt64LE(at + 32), met: 0 },
  depth: bytes.readUInt16LE(at + 6),
  root: bytes.readBigUInt64LE(at + 40),
});

const childrenOf = (file: PageFile, { tree, root, depth }: Subtree, head: Buffer): readonly Subtree[] => {
  const page = Buffer.alloc(file.pageBytes);
  const number = readPage(file, root, page);
  const flags = page.readUInt16LE(18);
  if ((flags & (BRANCH | LEAF)) !== (depth > 1 ? BRANCH : LEAF))
    throw damaged(number, `is no page of level ${depth}`);
  const lower = page.readUInt16LE(20);
  const upper = page.readUInt16LE(22);
  const room = file.pageBytes - HEADER_BYTES;
  if (lower > upper || upper > room || lower % 2 !== 0) throw damaged(number, "has impossible bounds");
  const children: Subtree[] = [];
  for (let index = 0; index < lower / 2; index++) {
    const node = HEADER_BYTES + page.readUInt16LE(HEADER_BYTES + index * 2);
    const keyAt = node + NODE_BYTES;
    if (node < HEADER_BYTES + upper || keyAt > file.pageBytes)
      throw damaged(number, "has a node outside of it");
    const low = page.readUInt32LE(node);
    const nodeFlags = page.readUInt16LE(node + 4);
    const dataAt = keyAt + page.readUInt16LE(node + 6);
    if (dataAt > file.pageBytes) throw damaged(number, "has a key that leaves it");
    if (depth > 1) {
      children.push({ tree, root: BigInt(low) + (BigInt(nodeFlags) << 32n), depth: depth - 1 });
      continue;
    }
    tree.met += 1;
    const dataBytes = nodeFlags & DATA_ELSEWHERE ? NODE_BYTES : low;
    if (dataAt + dataBytes > file.pageBytes) throw damaged(number, "has a value that leaves it");
    if (nodeFlags & DATA_ELSEWHERE) {
      checkOverflow(file, page.readBigUInt64LE(dataAt), low, head);
    } else if (nodeFlags & IS_TREE) {
      if (dataBytes !== DESCRIPTOR_BYTES) throw damaged(number, "names a table wrongly");
      children.push(treeAt(page, dataAt));
    }
  }
  return children;
};

const checkOverflow = (file: PageFile, page: bigint, bytes: number, head: Buffer): void => {
  const number = readPage(file, page, head);
  if ((head.readUInt16LE(18) & OVERFLOW) === 0) throw damaged(number, "is no page of a long value");
  const pages = head.readUInt32LE(20);
  if (HEADER_BYTES + bytes > pages * file.pageBytes) throw damaged(number, "has no room for its value");
  if (number + pages > file.pages) throw damaged(number, "runs beyond the end of the file: it was cut short");
};

/**
 * Follows trees breadth first, at most `pagesMax` pages of them.
 * @returns What is wrong first, or null.
 */
export const treeProblem = (file: PageFile, trees: readonly Subtree[], pagesMax: number): string | null => {
  const head = Buffer.alloc(HEADER_BYTES);
  let level = trees;
  let left = pagesMax;
  const met = new Set<Tree>();
  try {
    while (level.length > 0) {
      const next: Subtree[] = [];
      for (const subtree of level) {
        met.add(subtree.tree);
        if (subtree.root === NO_PAGE) continue;
        if (subtree.depth < 1 || subtree.depth > DEPTH_MAX)
          throw damaged(subtree.root, "is said to have an impossible depth");
        if (left-- <= 0) return null;
        for (const child of childrenOf(file, subtree, head)) next.push(child);
      }
      level = next;
    }
    const wrong = [...met].find((tree) => tree.entries !== BigInt(tree.met));
    return wrong ? `a table of ${wrong.entries} entries holds ${wrong.met}` : null;
  } catch (error) {
    if (error instanceof Damage) return error.message;
    throw error;
  }
};
