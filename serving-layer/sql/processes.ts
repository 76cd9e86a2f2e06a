import { join } from "node:path";
import type { ProcessSettings } from "./process/messages.js";
import { ProcessEnded, type SqlProcess, startSqlProcess } from "./sqlProcess.js";

/** A process for one statement at a time, and what it stands ready with. */
export interface Worker {
  readonly process: SqlProcess;
  readonly directory: string;
  /** The relations that its catalog holds; empty before any. */
  catalog: string;
  /** What its database holds. */
  database: string;
}

/** A few processes, started when they are needed and ended when nobody has asked for a while. */
export interface Processes {
  /** Runs an action with a process of its own; null when all are taken. */
  with<T>(action: (worker: Worker) => Promise<T>): Promise<T> | null;
  /** Ends all; what they were asked fails. */
  close(): Promise<void>;
}

export const createProcesses = (options: {
  readonly entry: URL;
  readonly max: number;
  readonly idleMs: number;
  readonly directory: string;
  readonly newId: () => string;
  readonly settings: Omit<ProcessSettings, "directory">;
}): Processes => {
  const { entry, max, settings } = options;
  const free: { readonly worker: Worker; readonly timer: NodeJS.Timeout }[] = [];
  const all = new Set<SqlProcess>();
  let taken = 0;
  let closed = false;

  const started = async (): Promise<Worker> => {
    const directory = join(options.directory, options.newId());
    const process = await startSqlProcess(entry, { ...settings, directory });
    if (closed) {
      await process.kill("stopped");
      throw new ProcessEnded("stopped");
    }
    all.add(process);
    return { process, directory, catalog: "", database: "" };
  };
  const end = async (worker: Worker): Promise<void> => {
    all.delete(worker.process);
    await worker.process.kill("stopped");
  };
  const take = async (): Promise<Worker> => {
    const standing = free.pop();
    if (!standing) return started();
    clearTimeout(standing.timer);
    return standing.worker.process.ended() ? started() : standing.worker;
  };
  const give = (worker: Worker): void => {
    if (closed || worker.process.ended()) {
      void end(worker);
      return;
    }
    const entry = {
      worker,
      timer: setTimeout(() => {
        free.splice(free.indexOf(entry), 1);
        void end(worker);
      }, options.idleMs),
    };
    entry.timer.unref();
    free.push(entry);
  };
  const act = async <T>(action: (worker: Worker) => Promise<T>): Promise<T> => {
    try {
      const worker = await take();
      try {
        return await action(worker);
      } finally {
        give(worker);
      }
    } finally {
      taken--;
    }
  };
  return {
    with(action) {
      if (taken >= max || closed) return null;
      taken++;
      return act(action);
    },
    async close() {
      closed = true;
      for (const { timer } of free.splice(0)) clearTimeout(timer);
      await Promise.all([...all].map((process) => process.kill("stopped")));
      all.clear();
    },
  };
};
