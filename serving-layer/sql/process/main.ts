import { setPriority } from "node:os";
import { Worker } from "node:worker_threads";
import { appendBatch } from "./appendBatch.js";
import { type Database, openDatabase } from "./database.js";
import { examine } from "./examine.js";
import type { ProcessSettings, SqlReply, SqlRequest } from "./messages.js";
import { isBeyondRepair, refusalOf } from "./refused.js";
import { run } from "./run.js";

/* The entry of a process that runs statements of guests, one at a time. It is killed when one takes too long. */

const CATALOG_MEMORY_MB = 128;
/** Whoever asks for answers comes first. */
const NICENESS = 5;

if (!process.send) throw new Error("sql/process/main.js runs as a forked process only");
const settings = JSON.parse(process.argv[2] ?? "") as ProcessSettings;
const tell = (reply: SqlReply, then?: () => void): void => {
  process.send?.(reply, undefined, undefined, then);
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
      return opened(catalog).asGuest((guest) => examine(guest, asked.sql));
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
      const of = opened(asked.over === "catalog" ? catalog : database);
      return of.asGuest((guest) => run(guest, asked.sql, asked, settings));
    }
  }
};

process.on("message", (asked: SqlRequest) => {
  const { request } = asked;
  answer(asked).then(
    (result) => tell({ kind: "done", request, result }),
    (error: unknown) =>
      tell({ kind: "refused", request, refusal: refusalOf(error) }, isBeyondRepair(error) ? end : undefined),
  );
});
tell({ kind: "ready" });
