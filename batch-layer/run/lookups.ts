import type { Schedule } from "@freshet/model";
import type { DuckDb, Lake } from "@freshet/storage";

const NEVER_TICK = Number.MAX_SAFE_INTEGER;

/** The contents of every version of every lookup, with the ticks in which it holds. */
export const insertLookups = async (db: DuckDb, lake: Lake, { lookups }: Schedule): Promise<void> => {
  await db.run(
    "CREATE TEMP TABLE lookup (name VARCHAR, key VARCHAR, value VARCHAR, from_tick BIGINT, to_tick_exclusive BIGINT)",
  );
  for (const [index, { lookup, fromTick, path }] of lookups.entries()) {
    const next = lookups.slice(index + 1).find((later) => later.lookup === lookup);
    const contents: unknown = JSON.parse(Buffer.from(await lake.get(path)).toString("utf8"));
    const rows = Object.entries(contents as Readonly<Record<string, unknown>>)
      .filter(([, value]) => typeof value === "string")
      .map(([key, value]) => [lookup, key, value, fromTick, next?.fromTick ?? NEVER_TICK]);
    if (rows.length > 0)
      await db.insertRows("lookup", ["name", "key", "value", "from_tick", "to_tick_exclusive"], rows);
  }
};
