import { mkdir, open, rename } from "node:fs/promises";
import { dirname } from "node:path";

export const syncDirectory = async (dir: string): Promise<void> => {
  const handle = await open(dir, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

export const syncFile = async (file: string): Promise<void> => {
  const handle = await open(file, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Makes `dir` and what lacks above it, each entry on disk when this resolves. */
export const makeDirectory = async (dir: string): Promise<void> => {
  const first = await mkdir(dir, { recursive: true });
  if (first === undefined) return;
  for (let made = dir; ; made = dirname(made)) {
    await syncDirectory(dirname(made));
    if (made === first) return;
  }
};

/** Moves a file so that a reader, and a machine after a power cut, sees all of it under its new name or nothing. */
export const moveDurably = async (from: string, to: string): Promise<void> => {
  await syncFile(from);
  await makeDirectory(dirname(to));
  await rename(from, to);
  await syncDirectory(dirname(to));
};

/** Makes a file durable where it lies, and the entries of the directories above it, below `root`. */
export const settleDurably = async (file: string, root: string): Promise<void> => {
  await syncFile(file);
  for (let made = dirname(file); ; made = dirname(made)) {
    await syncDirectory(made);
    if (made === root || made === dirname(made)) return;
  }
};
