import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Lake } from "@freshet/storage";
import { onTestFinished } from "vitest";
import type { SqlLimits } from "../sql/limits.js";
import type { SqlAnswered, SqlOutcome, SqlProblem } from "../sql/outcome.js";
import { createSqlDesk, type SqlDesk } from "../sql/sqlDesk.js";
import { sqlProgram } from "./sqlProgram.js";
import type { World } from "./world.js";

/** A desk over a world, closed at the test's end. */
export const openSqlDesk = async (
  world: World,
  limits: Partial<SqlLimits> = {},
  lake: Lake = world.data.lake,
): Promise<SqlDesk> => {
  const desk = createSqlDesk({
    reader: await world.reader(),
    lake,
    log: world.data.log.identity.id,
    newId: randomUUID,
    now: () => performance.now(),
    threads: 1,
    limits,
    entry: await sqlProgram(),
  });
  onTestFinished(() => desk.close());
  return desk;
};

export const answered = (outcome: SqlOutcome): SqlAnswered => {
  if (outcome.kind !== "answered") throw new Error(JSON.stringify(outcome));
  return outcome.answer;
};

export const refused = (outcome: SqlOutcome): SqlProblem => {
  if (outcome.kind !== "refused") throw new Error(`it was ${outcome.kind}`);
  return outcome.problem;
};

/** The rows of a statement, as JSON. */
export const rowsOf = async (desk: SqlDesk, sql: string): Promise<unknown[][]> => {
  const answer = answered(await desk.ask({ sql, format: "json" }));
  const rows = JSON.parse(await readFile(answer.file, "utf8")) as unknown[][];
  await answer.dispose();
  return rows;
};
