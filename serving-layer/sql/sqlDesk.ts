import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Lake, StorageError } from "@freshet/storage";
import type { Reader } from "../reader/reader.js";
import { catalogStatements } from "./catalog.js";
import { gather } from "./gathered.js";
import { SQL_LIMITS, type SqlLimits } from "./limits.js";
import { LiveTooLarge } from "./liveBatches.js";
import type { SqlFrame, SqlOutcome, SqlProblem, SqlQuestion } from "./outcome.js";
import type { Prepared, Ran, SqlFormat } from "./process/messages.js";
import { createProcesses, type Worker } from "./processes.js";
import { EVENTS, type Relation, relationsOf } from "./relation/relations.js";
import { openSources, rawFiles } from "./sources.js";
import { ProcessEnded, type SqlProcess, StatementRefused } from "./sqlProcess.js";

/** Asks statements of guests over generation, live view and raw events. */
export interface SqlDesk {
  ask(question: SqlQuestion): Promise<SqlOutcome>;
  relations(): readonly Relation[];
  readonly limits: SqlLimits;
  /** Ends the processes and removes their files. */
  close(): Promise<void>;
}

export interface SqlDeskOptions {
  readonly reader: Pick<Reader, "definitions" | "moment" | "version">;
  readonly lake: Lake;
  /** The log's identity, whose events the raw lake holds. */
  readonly log: string;
  readonly newId: () => string;
  readonly now: () => number;
  /** Threads of one statement. */
  readonly threads: number;
  readonly limits?: Partial<SqlLimits>;
  /** The program that a process runs; the built one by default. */
  readonly entry?: URL;
}

const MS_PER_S = 1_000;
const BYTES_PER_MB = 2 ** 20;
const ENTRY = new URL("./process/main.js", import.meta.url);
/** A file that was compacted or dropped after it was listed: the next reading finds what took its place. */
const FILE_GONE = /^IO Error/;

const problemOf = (error: unknown, limits: SqlLimits): SqlProblem => {
  if (error instanceof StatementRefused) return error.refusal;
  if (error instanceof LiveTooLarge) {
    return {
      kind: "live_too_large",
      groups: limits.liveGroupsMax,
      megabytes: Math.floor(limits.liveBytesMax / BYTES_PER_MB),
    };
  }
  if (error instanceof StorageError) {
    return { kind: "unavailable", detail: "a file that the statement needs could not be found" };
  }
  if (!(error instanceof ProcessEnded)) throw error;
  switch (error.why) {
    case "time":
      return { kind: "too_slow", seconds: limits.secondsMax };
    case "memory":
      return { kind: "too_much_memory", memoryMb: limits.processMb };
    case "stopped":
      return { kind: "unavailable", detail: "the statement was given up" };
    case "failed":
      return { kind: "unavailable", detail: "the process for SQL could not go on" };
  }
};

const isFileGone = (error: unknown): boolean =>
  error instanceof StorageError ||
  (error instanceof StatementRefused &&
    error.refusal.kind === "failed" &&
    FILE_GONE.test(error.refusal.detail));

export const createSqlDesk = (options: SqlDeskOptions): SqlDesk => {
  const { reader, lake, newId } = options;
  const limits = { ...SQL_LIMITS, ...options.limits };
  let opening: Promise<{
    readonly directory: string;
    readonly processes: ReturnType<typeof createProcesses>;
  }> | null = null;
  let closed = false;
  const frames = new WeakMap<Worker, SqlFrame>();

  const open = () => {
    opening ??= (async () => {
      const directory = await lake.scratch("sql");
      await mkdir(directory, { recursive: true });
      const processes = createProcesses({
        entry: options.entry ?? ENTRY,
        max: limits.statementsMax,
        idleMs: limits.idleMs,
        directory,
        newId,
        settings: { ...limits, threads: options.threads },
      });
      return { directory, processes };
    })();
    return opening;
  };

  /** Past the time, the process is killed, whatever it does. */
  const timed = async <T>(process: SqlProcess, action: () => Promise<T>): Promise<T> => {
    const timer = setTimeout(() => void process.kill("time"), limits.secondsMax * MS_PER_S);
    try {
      return await action();
    } finally {
      clearTimeout(timer);
    }
  };

  const prepared = async (worker: Worker, sql: string, relations: readonly Relation[]): Promise<Prepared> => {
    const { process } = worker;
    const statements = catalogStatements(relations);
    const catalog = statements.join("\n");
    const known = worker.catalog === catalog;
    worker.catalog = "";
    const bound = process.ask({ kind: "prepare", sql, catalog: known ? null : statements });
    try {
      return (await timed(process, () => bound)) as Prepared;
    } finally {
      worker.catalog = catalog;
    }
  };

  const opened = async (worker: Worker, named: readonly Relation[]): Promise<SqlFrame> => {
    const raw = named.some(({ kind }) => kind === EVENTS) ? await rawFiles(lake, limits.eventFilesMax) : [];
    const names = named.map(({ name }) => name);
    const nameOf = (version: string): string => JSON.stringify([version, names, raw]);
    const standing = frames.get(worker);
    if (standing && worker.database === nameOf(reader.version())) return standing;
    worker.database = "";
    const gathered = await reader.moment((view) => gather(view, named, limits));
    const to = { process: worker.process, lake, log: options.log };
    await timed(worker.process, () => openSources(to, named, gathered, raw));
    worker.database = nameOf(gathered.frame.version);
    frames.set(worker, gathered.frame);
    return gathered.frame;
  };

  const noFrame = (): SqlFrame => ({
    status: null,
    batchThrough: null,
    missing: [],
    generation: null,
    version: reader.version(),
    tables: [],
  });

  const rowsOf = (format: SqlFormat, limit = limits.rowsDefault): number =>
    Math.min(limit, format === "json" ? limits.jsonRowsMax : limits.rowsMax);

  const answer = async (worker: Worker, directory: string, question: SqlQuestion): Promise<SqlOutcome> => {
    const { process } = worker;
    const { sql, format } = question;
    const startedMs = options.now();
    const relations = relationsOf(reader.definitions());
    const { relations: read } = await prepared(worker, sql, relations);
    const wanted = new Set(read.map((name) => name.toLowerCase()));
    const named = relations.filter(({ name }) => wanted.has(name.toLowerCase()));
    const file = join(directory, `${newId()}.${format}`);
    const dispose = (): Promise<void> => rm(file, { force: true });
    const ask = async (): Promise<SqlOutcome> => {
      const frame = named.length === 0 ? noFrame() : await opened(worker, named);
      const ran = (await timed(process, () =>
        process.ask({
          kind: "run",
          sql,
          over: named.length === 0 ? "catalog" : "database",
          format,
          file,
          limits: { rows: rowsOf(format, question.limit), bytes: limits.answerBytesMax },
        }),
      )) as Ran;
      const { columns, rows: rowCount, truncated, bytes } = ran;
      const elapsedMs = options.now() - startedMs;
      const result = { columns, rowCount, truncated, bytes, elapsedMs, format, file, dispose };
      return { kind: "answered", answer: { frame, ...result } };
    };
    try {
      try {
        return await ask();
      } catch (error) {
        if (!isFileGone(error)) throw error;
        await dispose();
        worker.database = "";
        return await ask();
      }
    } catch (error) {
      await dispose();
      throw error;
    }
  };

  return {
    limits,
    relations: () => relationsOf(reader.definitions()),
    async ask(question) {
      if (closed) return { kind: "busy" };
      const { directory, processes } = await open();
      const running = processes.with(async (worker) => {
        const given = (): void => void worker.process.kill("stopped");
        question.gone?.addEventListener("abort", given, { once: true });
        if (question.gone?.aborted) given();
        try {
          return await answer(worker, directory, question);
        } finally {
          question.gone?.removeEventListener("abort", given);
        }
      });
      if (running === null) return { kind: "busy" };
      try {
        return await running;
      } catch (error) {
        return { kind: "refused", problem: problemOf(error, limits) };
      }
    },
    async close() {
      closed = true;
      if (!opening) return;
      const { directory, processes } = await opening;
      await processes.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
};
