import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { describe, expect, it, onTestFinished } from "vitest";
import { type MeasureSpec, measureFor } from "@freshet/model";
import { presentedState, STATE_MACROS, stateOfStored } from "./states.js";

const SEED = 20261121;

/** Numerical Recipes' generator: enough to vary sizes and values. */
const random = (seed: number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
};

const open = async (): Promise<DuckDBConnection> => {
  const instance = await DuckDBInstance.create(":memory:", { memory_limit: "400MB", threads: "1" });
  const connection = await instance.connect();
  onTestFinished(() => {
    connection.closeSync();
    instance.closeSync();
  });
  for (const macro of STATE_MACROS) await connection.run(macro);
  return connection;
};

/** Rows of what the columns say, over a table of one state a row. */
const asked = async (
  connection: DuckDBConnection,
  states: readonly string[],
  columns: readonly string[],
): Promise<(number | null)[][]> => {
  await connection.run(
    `CREATE OR REPLACE TABLE states AS FROM (VALUES ${states.map((s) => `(${s})`).join(", ")}) v(s)`,
  );
  const rows = (await connection.runAndReadAll(`SELECT ${columns.join(", ")} FROM states`)).getRowsJS();
  return rows.map((row) => row.map((value) => (value === null ? null : Number(value))));
};

const columnOf = (spec: MeasureSpec, state: unknown): string => {
  if (spec.kind === "countDistinct") {
    const entries: number[] = [];
    if (state instanceof Uint8Array) {
      state.forEach((rank, slot) => rank > 0 && entries.push(rank * 2 ** 26 + slot));
    } else for (const entry of state as number[]) entries.push((entry & 63) * 2 ** 26 + (entry >>> 6));
    return `[${entries.join(",")}]::UINTEGER[]`;
  }
  const flat = state as number[];
  const bins: string[] = [];
  for (let at = 0; at < flat.length; at += 2) bins.push(`{'bin': ${flat[at]}, 'n': ${flat[at + 1]}}`);
  return `[${bins.join(",")}]::STRUCT(bin INTEGER, n BIGINT)[]`;
};

describe("states in SQL", () => {
  it.each([4, 10, 12, 14])("estimates distinct values as the measure does, lgK %i", async (lgK) => {
    const connection = await open();
    const spec: MeasureSpec = { kind: "countDistinct", lgK };
    const measure = measureFor(spec);
    const next = random(SEED + lgK);
    for (const size of [0, 1, 2, 3, 7, 40, 333, 5_000, 60_000]) {
      const parts = [measure.zero(), measure.zero(), measure.zero()];
      for (let index = 0; index < size; index++) {
        const part = Math.floor(next() * parts.length);
        parts[part] = measure.add(parts[part], `user ${Math.floor(next() * size * 2)}`);
      }
      const columns = parts.map((state) => stateOfStored(spec, columnOf(spec, state)));
      const shown = presentedState(spec, "s", false).map(({ expression }) => expression);
      expect(await asked(connection, columns, shown)).toEqual(parts.map((state) => [measure.present(state)]));
      const merged = parts.reduce((into, from) => measure.merge(into, from), measure.zero());
      expect(
        await asked(connection, columns, ["distinct_merged(s)"]),
        `${size} values, seed ${SEED}`,
      ).toEqual([[measure.present(merged)]]);
    }
  });

  it.each([0.01, 0.2, 0.0005])("finds quantiles as the measure does, error %f", async (relativeError) => {
    const connection = await open();
    const probabilities = [0, 0.1, 0.5, 0.9, 0.99, 0.999, 1];
    const spec: MeasureSpec = { kind: "quantiles", relativeError, probabilities };
    const measure = measureFor(spec);
    const next = random(SEED);
    for (const size of [0, 1, 2, 10, 1000]) {
      for (const scale of [10, 100_000, 2 ** 53]) {
        const parts = [measure.zero(), measure.zero()];
        for (let index = 0; index < size; index++) {
          const part = Math.floor(next() * parts.length);
          const value = Math.trunc((next() - 0.3) * scale);
          parts[part] = measure.add(parts[part], value);
        }
        const columns = parts.map((state) => stateOfStored(spec, columnOf(spec, state)));
        const shown = presentedState(spec, "s", false).map(({ expression }) => expression);
        expect(await asked(connection, columns, shown), `${size} of ${scale}`).toEqual(
          parts.map((state) => Object.values(measure.present(state) as object)),
        );
        const merged = parts.reduce((into, from) => measure.merge(into, from), measure.zero());
        const over = probabilities.map((p) => `quantile_merged(s, ${p})`);
        expect(await asked(connection, columns, over), `${size} of ${scale}, seed ${SEED}`).toEqual([
          Object.values(measure.present(merged) as object),
        ]);
      }
    }
  });
});
