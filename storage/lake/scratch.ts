import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { isAlive, type ProcessIdentity } from "../lease/processIdentity.js";

/** Older than this, a scratch file is a leftover, whoever made it. */
const LEFTOVER_AFTER_MS = 24 * 60 * 60 * 1000;

export interface Scratch {
  /** A new name; nothing is created. */
  name(extension: string): string;
  /** Removes what dead processes left. */
  clean(nowMs: number): Promise<number>;
}

const tagOf = ({ machine }: ProcessIdentity): string => crc32(machine).toString(36);

/** Null when it was made elsewhere: then nobody here can tell whether its process lives. */
const ownerHere = (file: string, self: ProcessIdentity): ProcessIdentity | null => {
  const [, tag, pid, started] = /^([0-9a-z]+)-(\d+)-([0-9a-z]*)-/.exec(file) ?? [];
  return tag !== tagOf(self) || started === undefined
    ? null
    : { machine: self.machine, pid: Number(pid), started };
};

/** Scratch files bear their process in their name, so that another process knows whether they are still written to. */
export const createScratch = async (
  dir: string,
  self: ProcessIdentity,
  newId: () => string,
): Promise<Scratch> => {
  await mkdir(dir, { recursive: true });
  return {
    name: (extension) => join(dir, `${tagOf(self)}-${self.pid}-${self.started}-${newId()}.${extension}`),
    async clean(nowMs) {
      let removed = 0;
      for (const file of await readdir(dir)) {
        const path = join(dir, file);
        const owner = ownerHere(file, self);
        const dead = owner !== null && !isAlive(owner);
        const found = await stat(path).catch(() => null);
        if (!found || !(dead || nowMs - found.mtimeMs > LEFTOVER_AFTER_MS)) continue;
        await rm(path, { recursive: true, force: true });
        removed += 1;
      }
      return removed;
    },
  };
};
