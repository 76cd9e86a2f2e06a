import type { DuckDb } from "@freshet/storage";

/** A connection whose statements end, and fail, as soon as the signal is given; after that it begins none. */
export const interruptible = (db: DuckDb, signal: AbortSignal): DuckDb => {
  const guarded = <A extends readonly unknown[], R>(action: (...given: A) => Promise<R>) => {
    return async (...given: A): Promise<R> => {
      signal.throwIfAborted();
      return action(...given);
    };
  };
  const interrupt = (): void => db.interrupt();
  signal.addEventListener("abort", interrupt, { once: true });
  return {
    run: guarded(db.run),
    rows: guarded(db.rows) as DuckDb["rows"],
    stream(sql, parameters) {
      signal.throwIfAborted();
      return db.stream(sql, parameters);
    },
    insertRows: guarded(db.insertRows),
    insertColumns: guarded(db.insertColumns),
    connect: async () => interruptible(await db.connect(), signal),
    interrupt,
    async close() {
      signal.removeEventListener("abort", interrupt);
      await db.close();
    },
  };
};
