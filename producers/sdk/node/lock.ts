import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const LOCK = "owner.pid";

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/** Makes the directory this process' own; a process that has died leaves it to the next. @throws Error when another has it */
export const lockDirectory = async (directory: string): Promise<() => Promise<void>> => {
  const path = join(directory, LOCK);
  const unlock = (): Promise<void> => rm(path, { force: true });
  for (let turn = 0; turn < 2; turn++) {
    try {
      await writeFile(path, String(process.pid), { flag: "wx" });
      return unlock;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const owner = Number(await readFile(path, "utf8").catch(() => "0"));
    if (owner > 0 && owner !== process.pid && isRunning(owner))
      throw new Error(
        `the spool ${directory} is process ${owner}'s: give each process a directory of its own`,
      );
    await unlock();
  }
  throw new Error(`the spool ${directory} was taken by another process at this moment`);
};
