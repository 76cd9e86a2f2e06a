import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm } from "node:fs/promises";
import type { ProcessSettings, Refusal, SqlReply, SqlRequest } from "./process/messages.js";

/** Why a process answers no more. */
export type Ended = "time" | "memory" | "stopped" | "failed";

/** Thrown by what was asked of a process that ended before it answered. */
export class ProcessEnded extends Error {
  override readonly name = "ProcessEnded";
  constructor(readonly why: Ended) {
    super(`the process that runs SQL ended: ${why}`);
  }
}

/** Thrown where the process refuses a statement. */
export class StatementRefused extends Error {
  override readonly name = "StatementRefused";
  constructor(readonly refusal: Refusal) {
    super(refusal.kind);
  }
}

type Asked = SqlRequest extends infer R ? (R extends SqlRequest ? Omit<R, "request"> : never) : never;
type Result = Extract<SqlReply, { kind: "done" }>["result"];

/** A process that runs statements of guests. It can be killed at any time; what it was asked is refused then. */
export interface SqlProcess {
  ask(asked: Asked): Promise<Result>;
  readonly ended: () => boolean;
  /** Only the first reason counts. Resolves once the process is gone and its files are removed. */
  kill(why: Ended): Promise<void>;
}

interface Waiting {
  readonly done: (result: Result) => void;
  readonly fail: (error: Error) => void;
}

const HEAP_MB_MIN = 128;

const start = (entry: URL, settings: ProcessSettings): ChildProcess =>
  fork(entry, [JSON.stringify(settings)], {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    cwd: settings.directory,
    // A statement must find no secret in it.
    env: { TZ: "UTC" },
    execArgv: [`--max-old-space-size=${Math.max(HEAP_MB_MIN, Math.floor(settings.processMb / 2))}`],
  });

export const startSqlProcess = async (entry: URL, settings: ProcessSettings): Promise<SqlProcess> => {
  await mkdir(settings.directory, { recursive: true });
  const child = start(entry, settings);
  const waiting = new Map<number, Waiting>();
  let requests = 0;
  let why: Ended | null = null;
  const gone = new Promise<void>((resolve) => {
    const left = (): void => {
      // Nobody here killed it: its guard did, or the machine for want of memory; an abort of V8 is the same.
      const reason = (why ??= child.signalCode === null ? "failed" : "memory");
      for (const { fail } of waiting.values()) fail(new ProcessEnded(reason));
      waiting.clear();
      resolve();
    };
    child.once("exit", left);
    child.once("error", left);
  }).then(() => rm(settings.directory, { recursive: true, force: true }));

  child.on("message", (reply: SqlReply) => {
    if (reply.kind === "ready") return;
    const asked = waiting.get(reply.request);
    waiting.delete(reply.request);
    if (waiting.size === 0) child.channel?.unref();
    if (reply.kind === "done") asked?.done(reply.result);
    else asked?.fail(new StatementRefused(reply.refusal));
  });
  const kill = async (reason: Ended): Promise<void> => {
    why ??= reason;
    child.ref();
    child.kill("SIGKILL");
    await gone;
  };
  await Promise.race([once(child, "message").catch(() => undefined), gone]);
  if (why !== null) throw new ProcessEnded(why);
  // It keeps this process alive only while an answer is waited for.
  child.unref();
  child.channel?.unref();
  return {
    ask: (asked) =>
      new Promise((done, fail) => {
        if (why !== null) return fail(new ProcessEnded(why));
        const request = ++requests;
        waiting.set(request, { done, fail });
        child.channel?.ref();
        child.send({ ...asked, request }, (error) => {
          if (error && waiting.delete(request)) fail(new ProcessEnded(why ?? "failed"));
        });
      }),
    ended: () => why !== null,
    kill,
  };
};
