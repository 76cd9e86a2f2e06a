import {
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
const filesOf = (files: MetricFiles, { fromMs, toExclusiveMs }: TimeRange): readonly string[] => {
  const first = dayOf(fromMs);
  const last = dayOf(toExclusiveMs - 1);
  return files.files.filter(({ day }) => day >= first && day <= last).map(({ path }) => path);
};

/** Columns as `settledSql` orders them: the pane, the key's parts, the measures. */
const takeChunk = (
  { definition, measures }: Metric,
  chunk: ColumnChunk,
  key: GroupKey | null,
  take: (row: SettledRow) => void,
): void => {
  const panes = chunk.values(0);
  const parts = key === null ? definition.by.map((_, index) => chunk.values(1 + index)) : [];
  const columns = measures.map((_, index) => chunk.values(1 + definition.by.length + index));
  for (let row = 0; row < chunk.rowCount; row++) {
    take({
      paneMs: panes[row] as EpochMs,
      key: key ?? encodeKey(parts.map((part) => part[row] as KeyPart)),
      states: measures.map((measure, index) => measure.fromColumn(columns[index]?.[row])),
    });
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
const CHUNKS_BETWEEN_PAUSES = 4;

export const createReadSettled =
  (withConnection: WithConnection, lake: Lake, pause: () => Promise<void>): ReadSettled =>
  async (manifest, metric, range, key, take) => {
    const { definition } = metric;
    const files = manifest?.metrics[definition.hash];
    const paths = files ? filesOf(files, range) : [];
    if (paths.length === 0) return [];
    try {
      const local = await Promise.all(paths.map((path) => lake.local(path)));
      const { sql, parameters } = settledSql(definition, local, range, key);
      await withConnection(async (duckdb) => {
        let chunks = 0;
        for await (const chunk of duckdb.stream(sql, parameters)) {
          takeChunk(metric, chunk, key, take);
          if (++chunks % CHUNKS_BETWEEN_PAUSES === 0) await pause();
        }
      });
      return [];
    } catch (error) {
      return [generationMissing(manifest, error)];
    }
  };
