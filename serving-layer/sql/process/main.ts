import { setPriority } from "node:os";
import { Worker } from "node:worker_threads";
import { appendBatch } from "./appendBatch.js";
import { type Database, openDatabase } from "./database.js";
import { examine } from "./examine.js";
import type { ProcessSettings, SqlReply, SqlRequest } from "./messages.js";
import { refusalOf } from "./refused.js";
import { run } from "./run.js";

/* The entry of a process that runs statements of guests, one at a time. It is killed when one takes too long. */

const CATALOG_MEMORY_MB = 128;
/** Whoever asks for answers comes first. */
const NICENESS = 5;

if (!process.send) throw new Error("sql/process/main.js runs as a forked process only");
const settings = JSON.parse(process.argv[2] ?? "") as ProcessSettings;
const tell = (reply: SqlReply): void => {
  process.send?.(reply);
};
// Without its parent it has nothing to do; DuckDB's threads may be busy, so no exit that waits for them.
const end = (): void => {
  process.kill(process.pid, "SIGKILL");
};
process.on("disconnect", end);
new Worker(new URL("./guard.js", import.meta.url), { workerData: { processMb: settings.processMb } });
setPriority(NICENESS);

let catalog: Database | null = null;
let database: Database | null = null;

const define = async ({ own }: Database, statements: readonly string[]): Promise<void> => {
  for (const statement of statements) await own.run(statement);
};

const opened = (of: Database | null): Database => {
  if (!of) throw new Error("no database is open");
  return of;
};

const answer = async (asked: SqlRequest): Promise<Extract<SqlReply, { kind: "done" }>["result"]> => {
  switch (asked.kind) {
    case "prepare": {
      if (asked.catalog) {
        catalog?.close();
        catalog = await openDatabase({ ...settings, memoryMb: CATALOG_MEMORY_MB }, []);
        await define(catalog, asked.catalog);
      }
      const guest = await opened(catalog).guest();
      try {
        return await examine(guest, asked.sql);
      } finally {
        guest.closeSync();
      }
    }
    case "open": {
      database?.close();
      database = null;
      const made = await openDatabase(settings, asked.files);
      database = made;
      await define(made, asked.statements);
      return null;
    }
    case "define":
      await define(opened(database), asked.statements);
      return null;
    case "rows":
      await appendBatch(opened(database).own, asked.table, asked.batch);
      return null;
    case "run": {
      const guest = await opened(asked.over === "catalog" ? catalog : database).guest();
      try {
        return await run(guest, asked.sql, asked, settings);
      } finally {
        guest.closeSync();
      }
    }
  }
};

process.on("message", (asked: SqlRequest) => {
  const { request } = asked;
  answer(asked).then(
    (result) => tell({ kind: "done", request, result }),
    (error: unknown) => tell({ kind: "refused", request, refusal: refusalOf(error) }),
  );
});
tell({ kind: "ready" });
