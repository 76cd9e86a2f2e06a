import { couponOf, NO_COUPON } from "@freshet/model";
import type { DuckDb } from "@freshet/storage";
import { distinctValuesSql } from "../sql/facts.js";

/** Distinct values that are held in memory at once. */
const VALUES_MAX = 500_000;

/** The tables (value, coupon) of columns: DuckDB has no such hash, so that JavaScript makes them, once a value. */
export interface Coupons {
  /** Makes the table unless it is there. */
  prepare(table: string, column: string): Promise<void>;
  tableOf(table: string, column: string): string;
}

export const createCoupons = (db: DuckDb): Coupons => {
  const tables = new Map<string, string>();
  const tableOf = (table: string, column: string): string => {
    const found = tables.get(`${table}.${column}`);
    if (!found) throw new Error(`no coupons were made for ${table}.${column}`);
    return found;
  };
  return {
    async prepare(table, column) {
      const key = `${table}.${column}`;
      if (tables.has(key)) return;
      const target = `coupon_${tables.size}`;
      tables.set(key, target);
      const values = distinctValuesSql(table, column);
      await db.run(
        `CREATE TEMP TABLE ${target} AS SELECT value, 0::UINTEGER AS coupon FROM (${values}) LIMIT 0`,
      );
      const [{ count } = { count: 0 }] = await db.rows<{ count: number }>(
        `SELECT approx_count_distinct(${column}) AS count FROM ${table}`,
      );
      const parts = Math.max(1, Math.ceil(count / VALUES_MAX));
      for (let part = 0; part < parts; part++) {
        const filter = parts === 1 ? "" : ` AND hash(${column}) % ${parts} = ${part}`;
        await insertCoupons(db, target, `${values}${filter}`);
      }
    },
    tableOf,
  };
};

const insertCoupons = async (db: DuckDb, target: string, select: string): Promise<void> => {
  const value: unknown[] = [];
  const coupon: number[] = [];
  for await (const chunk of db.stream(select)) {
    for (const one of chunk.values(0)) {
      const made = couponOf(one as string | number | boolean);
      if (made === NO_COUPON) continue;
      value.push(one);
      coupon.push(made);
    }
  }
  if (value.length > 0) await db.insertColumns(target, { value, coupon });
};
