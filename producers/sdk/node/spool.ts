import { type FileHandle, mkdir, open, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { FRAME_HEAD_BYTES, frameOf, entriesOf } from "./frame.js";
import { lockDirectory } from "./lock.js";

/** Bytes that are safe until somebody else has them; one that was handed out may be handed out again. */
export interface Spool {
  /** Entries may come from other processes too: look again after so long. */
  readonly lookAgainAfterMs?: number;
  /** All of them are durable when it resolves to true; false, and none kept, when there is no room. Rejects when that is not known. */
  append(entries: readonly Uint8Array[]): Promise<boolean>;
  /** The oldest, at most a segment; null when there is nothing. Given again until it is removed. */
  oldest(): Promise<SpooledSegment | null>;
  close(): Promise<void>;
}

/** First in, first out, in files of about `SEGMENT_BYTES`. */
export interface DiskSpool extends Spool {
  /** On disk. */
  readonly bytes: number;
}

export interface SpooledSegment {
  readonly entries: readonly Uint8Array[];
  remove(): Promise<void>;
}

export interface SpoolOptions {
  /** Of one process alone; made where it is not there. */
  readonly directory: string;
  readonly bytesMax?: number;
}

const SEGMENT_BYTES = 1 << 20;
const BYTES_MAX = 256 << 20;
const NAME = /^(\d{12})\.spool$/;

interface Segment {
  readonly path: string;
  bytes: number;
}

/** What an earlier process left there comes first. @throws Error when another process has the directory */
export const openSpool = async ({ directory, bytesMax = BYTES_MAX }: SpoolOptions): Promise<DiskSpool> => {
  await mkdir(directory, { recursive: true });
  const unlock = await lockDirectory(directory);
  const segments: Segment[] = [];
  let next = 0;
  for (const name of (await readdir(directory)).sort()) {
    const number = NAME.exec(name)?.[1];
    if (number === undefined) continue;
    const path = join(directory, name);
    segments.push({ path, bytes: (await stat(path)).size });
    next = Number(number) + 1;
  }
  let bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  let current: { readonly segment: Segment; readonly file: FileHandle } | null = null;
  let last: Promise<unknown> = Promise.resolve();

  /** One at a time, in order; one that fails does not stop the next. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work, work);
    last = done.catch(() => undefined);
    return done;
  };

  const seal = async (): Promise<void> => {
    const sealed = current;
    current = null;
    await sealed?.file.close();
  };

  const begin = async (): Promise<NonNullable<typeof current>> => {
    const path = join(directory, `${String(next++).padStart(12, "0")}.spool`);
    const file = await open(path, "ax");
    await syncDirectory(directory);
    const segment = { path, bytes: 0 };
    segments.push(segment);
    return { segment, file };
  };

  const write = async (entries: readonly Uint8Array[], size: number): Promise<void> => {
    current ??= await begin();
    const { file, segment } = current;
    try {
      await file.appendFile(Buffer.concat(entries.map(frameOf)));
      await file.datasync();
    } catch (error) {
      // Where it stopped is not known: readers stop there too, so nothing may follow.
      await seal().catch(() => undefined);
      throw error;
    }
    segment.bytes += size;
    if (segment.bytes >= SEGMENT_BYTES) await seal();
  };

  return {
    get bytes() {
      return bytes;
    },
    async append(entries) {
      const size = entries.reduce((sum, entry) => sum + FRAME_HEAD_BYTES + entry.length, 0);
      if (bytes + size > bytesMax) return false;
      bytes += size;
      try {
        await inTurn(() => write(entries, size));
      } catch (error) {
        bytes -= size;
        throw error;
      }
      return true;
    },
    oldest: () =>
      inTurn(async () => {
        const segment = segments[0];
        if (!segment) return null;
        if (current?.segment === segment) await seal();
        const entries = entriesOf(await readFile(segment.path));
        return {
          entries,
          remove: () =>
            inTurn(async () => {
              if (segments[0] !== segment) return;
              await rm(segment.path);
              segments.shift();
              bytes -= segment.bytes;
            }),
        };
      }),
    close: () =>
      inTurn(async () => {
        await seal();
        await unlock();
      }),
  };
};

const syncDirectory = async (path: string): Promise<void> => {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
};
