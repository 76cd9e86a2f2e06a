import { type DayFile, encodeKey, type EpochMs, type KeyPart } from "@freshet/model";
import type { Lake } from "@freshet/storage";
import type { StartTurns } from "../turns.js";
import { createDayIndex } from "./dayIndex.js";
import type { LoadDayIndex } from "./dayIndexes.js";
import type { WithConnection } from "./queryTurns.js";
import { dayByKeySql } from "./settledSql.js";

/** Reads a file whole, in the order of its keys. One at a time: each takes a connection and much of the core. */
export const createLoadDayIndex = (
  withConnection: WithConnection,
  lake: Lake,
  startTurns: StartTurns,
): LoadDayIndex => {
  let before: Promise<unknown> = Promise.resolve();
  const load: LoadDayIndex = async ({ definition, measures }, file: DayFile) => {
    const local = await lake.local(file.path);
    const builder = createDayIndex(Date.parse(file.day), measures);
    const keyCount = definition.by.length;
    await withConnection(async (duckdb) => {
      const turns = startTurns();
      for await (const chunk of duckdb.stream(dayByKeySql(definition, local))) {
        const columns: unknown[][] = [];
        for (let column = 0; column < 1 + keyCount + measures.length; column++) {
          columns.push(chunk.values(column));
          if (turns.due()) await turns.next();
        }
        const [panes, ...rest] = columns as [unknown[], ...unknown[][]];
        const parts = rest.slice(0, keyCount);
        const states = rest.slice(keyCount);
        for (let row = 0; row < chunk.rowCount; row++) {
          builder.add(
            encodeKey(parts.map((part) => part[row] as KeyPart)),
            panes[row] as EpochMs,
            measures.map((measure, index) => measure.fromColumn(states[index]?.[row])),
          );
          if (turns.due()) await turns.next();
        }
      }
    });
    return builder.finish();
  };
  return (metric, file) => {
    const mine = before.then(() => load(metric, file));
    before = mine.catch(() => undefined);
    return mine;
  };
};
