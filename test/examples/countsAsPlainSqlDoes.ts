import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { TopAnswer } from "@freshet/model";
import { afterAll, describe, expect, it } from "vitest";
import { freshetJson, temporaryDirectory } from "../support/freshet.js";
import { expectSameGenerations } from "../support/sameGenerations.js";
import { sharedData } from "../support/sharedData.js";
import type { Example } from "./examples.js";

const ROWS_MAX = 1_000;
const TIMEOUT_MS = 400_000;

const sqlRows = async (sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
};

const inOrder = (rows: readonly Readonly<Record<string, unknown>>[], columns: readonly string[]) =>
  rows
    .map((row) => columns.map((column) => String(row[column])))
    .sort((a, b) => ((a[0] ?? "") < (b[0] ?? "") ? -1 : 1));

/** Replays the example's file, runs batch, and compares the books and a top list with plain SQL; what Spark made, with DuckDB's as well. */
export const countsAsPlainSqlDoes = (
  { app, file, ledger, top, sql, exact }: Example,
  engine: "duckdb" | "spark" = "duckdb",
): void => {
  describe(`the example ${app} on real input, by ${engine}`, () => {
    const directory = temporaryDirectory();
    afterAll(() => directory.remove());
    const source = sharedData(file);
    const common = ["--app", `examples/${app}/freshet.config.ts`, "--data", join(directory.path, app)];

    const expectTruth = async (status: string): Promise<void> => {
      const answer = await freshetJson<TopAnswer>(
        ...["top", top.metric, "--window", top.window, "--at", top.at, "--by", top.by],
        ...["--limit", String(ROWS_MAX), ...common],
      );
      expect(answer.status).toBe(status);
      const rows = answer.rows.map(({ key, values }) => ({ ...key, ...values }));
      expect(rows.length).toBeGreaterThan(5);
      expect(inOrder(rows, exact)).toEqual(inOrder(await sqlRows(sql(source as string)), exact));
    };

    it.skipIf(source === null)(
      "is counted as plain SQL counts it (needs ../shared)",
      async () => {
        await freshetJson("replay", source as string, ...common);
        await freshetJson("batch", "--engine", engine, ...common);
        const status = await freshetJson<{ ledger: object }>("status", ...common);
        expect(status.ledger).toMatchObject({
          ...ledger,
          accepted: ledger.events - ledger.duplicates,
          conflicts: 0,
          rejected: {},
        });
        await expectTruth("settled");
        if (engine === "duckdb") return;
        await freshetJson("batch", "--rebuild", ...common);
        await expectSameGenerations(1, 2, common);
      },
      TIMEOUT_MS,
    );
  });
};
