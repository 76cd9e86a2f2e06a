import {
  type DayFile,
  type EpochMs,
  encodeKey,
  type GenerationManifest,
  type GroupKey,
  type KeyPart,
  type MetricFiles,
  type Missing,
  type TimeRange,
} from "@freshet/model";
import type { ColumnChunk, Lake } from "@freshet/storage";
import type { Metric } from "../catalog.js";
import type { StartTurns, Turns } from "../turns.js";
import type { WithConnection } from "./queryTurns.js";
import { settledSql } from "./settledSql.js";

/** One group of one pane, as a generation holds it. */
export interface SettledRow {
  readonly paneMs: EpochMs;
  readonly key: GroupKey;
  readonly states: readonly unknown[];
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Files whose day the range touches; a file's day is the UTC day of the starts of its panes. */
export const filesOf = (
  files: MetricFiles | undefined,
  { fromMs, toExclusiveMs }: TimeRange,
): readonly DayFile[] => {
  const first = dayOf(fromMs);
  const last = dayOf(toExclusiveMs - 1);
  return files?.files.filter(({ day }) => day >= first && day <= last) ?? [];
};

/** Columns as `settledSql` orders them: the pane, the key's parts, the measures. */
const takeChunk = async (
  { definition, measures }: Metric,
  chunk: ColumnChunk,
  key: GroupKey | null,
  take: (row: SettledRow) => void,
  turns: Turns,
): Promise<void> => {
  const read = async (column: number): Promise<unknown[]> => {
    if (turns.due()) await turns.next();
    return chunk.values(column);
  };
  const panes = await read(0);
  const parts: unknown[][] = [];
  const columns: unknown[][] = [];
  const { length } = definition.by;
  if (key === null) for (let index = 0; index < length; index++) parts.push(await read(1 + index));
  for (let index = 0; index < measures.length; index++) columns.push(await read(1 + length + index));
  for (let row = 0; row < chunk.rowCount; row++) {
    take({
      paneMs: panes[row] as EpochMs,
      key: key ?? encodeKey(parts.map((part) => part[row] as KeyPart)),
      states: measures.map((measure, index) => measure.fromColumn(columns[index]?.[row])),
    });
    if (turns.due()) await turns.next();
  }
};

/** Reads a generation's groups of a range, of one key where it is given, handing each row on; says what cannot be read. */
export type ReadSettled = (
  manifest: GenerationManifest | null,
  metric: Metric,
  range: TimeRange,
  key: GroupKey | null,
  take: (row: SettledRow) => void,
) => Promise<readonly Missing[]>;

/** What of a generation could not be read, as an answer names it. */
export const generationMissing = (manifest: GenerationManifest | null, error: unknown): Missing => {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    kind: "generation",
    detail: `generation ${manifest?.generation}: ${reason.slice(0, DETAIL_CHARS_MAX)}`,
  };
};

const DETAIL_CHARS_MAX = 500;
export const createReadSettled =
  (withConnection: WithConnection, lake: Lake, startTurns: StartTurns): ReadSettled =>
  async (manifest, metric, range, key, take) => {
    const { definition } = metric;
    const files = filesOf(manifest?.metrics[definition.hash], range);
    if (files.length === 0) return [];
    try {
      const local = await Promise.all(files.map(({ path }) => lake.local(path)));
      const { sql, parameters } = settledSql(definition, local, range, key);
      await withConnection(async (duckdb) => {
        const turns = startTurns();
        for await (const chunk of duckdb.stream(sql, parameters)) {
          await takeChunk(metric, chunk, key, take, turns);
        }
      });
      return [];
    } catch (error) {
      return [generationMissing(manifest, error)];
    }
  };
