import { createHash } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";

/** One request of a download. */
const PART_BYTES = 8 * 2 ** 20;
const PARTS_AT_ONCE = 4;
/** A file that was handed out may not be opened yet: so long it stays, whatever the bound. */
const SAFE_AFTER_MS = 60 * 60 * 1000;

export interface CopySource {
  /** Names the content: what has another one is another file. */
  readonly version: string;
  readonly bytes: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Local copies of files that never change, least recently used ones going first when there are too many bytes. */
export interface LocalCopies {
  /** Fetches it in parallel parts where it is not there. */
  file(path: string, source: CopySource): Promise<string>;
}

export interface LocalCopiesOptions {
  readonly dir: string;
  readonly bytesMax: number;
  readonly now: () => number;
  /** A new name for a file that is being written, on the same file system as `dir`. */
  readonly scratch: () => string;
}

const fetchTo = async (file: string, { bytes, read }: CopySource): Promise<void> => {
  const offsets = Array.from({ length: Math.ceil(bytes / PART_BYTES) }, (_, index) => index * PART_BYTES);
  const handle = await open(file, "wx");
  try {
    const waiting = offsets.values();
    const worker = async (): Promise<void> => {
      for (const offset of waiting) {
        const part = await read(offset, Math.min(PART_BYTES, bytes - offset));
        await handle.write(part, 0, part.length, offset);
      }
    };
    await Promise.all(Array.from({ length: PARTS_AT_ONCE }, worker));
  } finally {
    await handle.close();
  }
};

/** The extension stays: DuckDB goes by it. */
const nameOf = (path: string, version: string): string => {
  const extension = /\.[A-Za-z0-9]{1,16}$/.exec(path)?.[0] ?? "";
  return `${createHash("sha256").update(`${path}\n${version}`).digest("hex").slice(0, 40)}${extension}`;
};

export const openLocalCopies = async ({
  dir,
  bytesMax,
  now,
  scratch,
}: LocalCopiesOptions): Promise<LocalCopies> => {
  await mkdir(dir, { recursive: true });
  const fetching = new Map<string, Promise<string>>();

  /** The time of a file's last use is its modification time: it outlives the process, and processes share it. */
  const use = async (file: string): Promise<boolean> => {
    const seconds = now() / 1000;
    return utimes(file, seconds, seconds).then(
      () => true,
      () => false,
    );
  };

  const evict = async (): Promise<void> => {
    const names = await readdir(dir);
    const found = await Promise.all(
      names.map(async (name) => {
        const file = join(dir, name);
        const state = await stat(file).catch(() => null);
        return state ? [{ file, bytes: state.size, usedMs: state.mtimeMs }] : [];
      }),
    );
    const files = found.flat().sort((left, right) => left.usedMs - right.usedMs);
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    for (const { file, bytes: freed, usedMs } of files) {
      if (bytes <= bytesMax || now() - usedMs < SAFE_AFTER_MS) return;
      await rm(file, { force: true });
      bytes -= freed;
    }
  };

  const fetch = async (file: string, source: CopySource): Promise<string> => {
    const part = scratch();
    try {
      await fetchTo(part, source);
      await rename(part, file);
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
    await use(file);
    await evict();
    return file;
  };

  return {
    async file(path, source) {
      const file = join(dir, nameOf(path, source.version));
      const running = fetching.get(file);
      if (running) return running;
      if (await use(file)) return file;
      const started = fetching.get(file) ?? fetch(file, source).finally(() => fetching.delete(file));
      fetching.set(file, started);
      return started;
    },
  };
};
