import { mkdir, realpath, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Database, RootDatabase } from "lmdb";
import { asStorageError } from "../errors.js";
import { checkDataFile } from "./dataFile.js";

export type Table = Database<Buffer, Buffer>;

/** One LMDB directory: tables of bytes, transactions over them, used by several processes and threads at once. */
export interface Environment {
  readonly dir: string;
  table(name: string): Table;
  /**
   * Runs `action` under the only write lock; resolves when its writes are on disk. Transactions asked for in one
   * turn share a commit. An action must check first and write afterwards: LMDB keeps what it wrote before it threw.
   */
  transact<T>(tried: string, action: () => T): Promise<T>;
  /** What is read next is the newest state, other processes' writes included. */
  refresh(): void;
  /** A consistent copy, while others write. */
  copyTo(dir: string): Promise<void>;
  /** Processes that have it open, this one left out. */
  otherProcesses(): readonly number[];
  close(): Promise<void>;
}

/** Address space, not disk: the file grows as it is filled. A fixed map spares remapping under open readers. */
const MAP_BYTES = 2 ** 40;
const TABLES_MAX = 16;
const READERS_MAX = 1024;
const DATA_FILE = "data.mdb";

interface Shared {
  readonly root: RootDatabase<Buffer, Buffer>;
  readonly tables: Map<string, Table>;
  users: number;
}

/*
 * Of this thread. LMDB's JavaScript binding must have one environment per file and thread: a second one would
 * wait for a lock that the first one's callback, on the same thread, holds.
 */
const opened = new Map<string, Shared>();
const closing = new Map<string, Promise<void>>();

const BYTES = { encoding: "binary", keyEncoding: "binary" } as const;

/** Native, and asked for when a directory is opened: who works on AWS' stores alone does not need it. */
const loadLmdb = () => import("lmdb");
type Lmdb = Awaited<ReturnType<typeof loadLmdb>>;

const openRoot = ({ open }: Lmdb, dir: string): RootDatabase<Buffer, Buffer> =>
  open<Buffer, Buffer>({
    path: dir,
    ...BYTES,
    mapSize: MAP_BYTES,
    maxDbs: TABLES_MAX,
    maxReaders: READERS_MAX,
    noSubdir: false,
    // A commit is visible only when it is on disk: nothing may be derived from a record that a power cut takes back.
    overlappingSync: false,
    // The binding's own batch for each turn leaves a promise that nobody can handle when a commit fails.
    eventTurnBatching: false,
  });

export const dataFile = (dir: string): string => join(dir, DATA_FILE);

/** @param create Makes the files, or finishes what another is making just now; else they must be there, and sound. */
export const openEnvironment = async (
  dir: string,
  { create }: { readonly create: boolean },
): Promise<Environment> => {
  const path = await directoryPath(dir, create);
  const lmdb = await loadLmdb();
  await closing.get(path);
  let shared = opened.get(path);
  if (!shared) {
    if (!create) checkDataFile(dataFile(path));
    try {
      shared = { root: openRoot(lmdb, path), tables: new Map(), users: 0 };
    } catch (error) {
      throw asStorageError(error, `opening ${dataFile(path)}`);
    }
    opened.set(path, shared);
  }
  shared.users += 1;
  return environmentOf(path, shared);
};

const directoryPath = async (dir: string, create: boolean): Promise<string> => {
  try {
    if (create) await mkdir(dir, { recursive: true });
    return await realpath(dir);
  } catch (error) {
    throw asStorageError(error, `opening ${dir}`);
  }
};

const pidsIn = (readerList: string): readonly number[] =>
  readerList.split("\n").flatMap((line) => {
    const pid = /^\s*(\d+)\s/.exec(line)?.[1];
    return pid === undefined ? [] : [Number(pid)];
  });

const EIO = 5;
const ENOSPC = 28;
/** Less than this free, and a write that was cut short was so for want of space. */
const ROOM_BYTES_MIN = 16 * 2 ** 20;

/** What a failed commit failed of: the binding hands the cause on as a promise, and calls a short write EIO. */
const commitFailure = async (error: unknown, dir: string): Promise<unknown> => {
  if (!(error instanceof Error && "commitError" in error)) return error;
  const cause: unknown = await Promise.resolve(error.commitError).catch((reason: unknown) => reason);
  if (!(cause instanceof Error && "code" in cause && cause.code === EIO)) return cause;
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize < ROOM_BYTES_MIN
    ? Object.assign(new Error("no space left on device"), { code: ENOSPC, cause })
    : cause;
};

const environmentOf = (dir: string, shared: Shared): Environment => {
  const { root, tables } = shared;
  let closed = false;
  return {
    dir,
    table(name) {
      let table = tables.get(name);
      if (!table) {
        table = root.openDB<Buffer, Buffer>(name, { ...BYTES });
        tables.set(name, table);
      }
      return table;
    },
    async transact(tried, action) {
      try {
        return await root.transaction(action);
      } catch (error) {
        throw asStorageError(await commitFailure(error, dir), `${tried} in ${dir}`);
      }
    },
    refresh: () => root.resetReadTxn(),
    async copyTo(target) {
      try {
        await root.backup(target, true);
      } catch (error) {
        throw asStorageError(error, `copying ${dir} to ${target}`);
      }
    },
    otherProcesses() {
      root.readerCheck();
      return [...new Set(pidsIn(root.readerList()))].filter((pid) => pid !== process.pid);
    },
    async close() {
      if (closed) return;
      closed = true;
      shared.users -= 1;
      if (shared.users > 0) return;
      opened.delete(dir);
      const end = root.close().finally(() => closing.delete(dir));
      closing.set(dir, end);
      await end;
    },
  };
};
