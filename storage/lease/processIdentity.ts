import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Tells a process from every other, also from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, as the system counts; empty where the system does not tell. */
  readonly started: string;
  /** Where its number means something: this machine, this boot, this namespace of process numbers. */
  readonly machine: string;
}

const STARTTIME_FIELD = 22;

const orEmpty = (read: () => string): string => {
  try {
    return read();
  } catch {
    return "";
  }
};

/** Linux: clock ticks from boot (proc(5), field 22); the command's name, in parentheses, may hold spaces. */
const startedOf = (pid: number): string =>
  orEmpty(() => {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return Number(fields[STARTTIME_FIELD - 3]).toString(36);
  });

export const thisProcess = (): ProcessIdentity => ({
  pid: process.pid,
  started: startedOf(process.pid),
  machine: [
    hostname(),
    orEmpty(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    orEmpty(() => readlinkSync("/proc/self/ns/pid")),
  ].join(" "),
});

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
};

/** Of a process of this machine; one of another machine cannot be asked, see `ProcessIdentity.machine`. */
export const isAlive = ({ pid, started }: ProcessIdentity): boolean =>
  exists(pid) && (started === "" || startedOf(pid) === started);
