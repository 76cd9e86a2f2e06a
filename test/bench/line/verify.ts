import { DuckDBInstance } from "@duckdb/node-api";
import type { LedgerCounts, Reason, SegmentKey } from "@freshet/model";
import type { ClickAnswers } from "@freshet/simulators";
import type { DataDirectory } from "@freshet/storage";

const PAGE_SEGMENTS = 1_000;

/** What the stored segments say, of all shards. */
const foldedCounts = async ({ log, increments }: DataDirectory): Promise<Omit<LedgerCounts, "records">> => {
  const total = { events: 0, accepted: 0, duplicates: 0, rejected: {} as Partial<Record<Reason, number>> };
  for (const { id } of await log.shards()) {
    for (let after: SegmentKey | null = null; ; ) {
      const page = await increments.segments(id, after, PAGE_SEGMENTS);
      for (const { counts } of page) {
        total.events += counts.events;
        total.accepted += counts.accepted;
        total.duplicates += counts.duplicates;
        for (const [reason, count] of Object.entries(counts.rejected) as [Reason, number][])
          total.rejected[reason] = (total.rejected[reason] ?? 0) + count;
      }
      if (page.length < PAGE_SEGMENTS) break;
      after = page.at(-1) ?? null;
    }
  }
  return total;
};

interface Landed {
  readonly rows: number;
  readonly positions: number;
  readonly readable: number;
}

const landedRows = async ({ lake }: DataDirectory): Promise<Landed> => {
  const files = await Promise.all((await lake.list("raw/")).map((path) => lake.local(path)));
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(`
    SELECT count(*)::INTEGER AS rows, count(DISTINCT (shard, sequence, subsequence))::INTEGER AS positions,
      count(*) FILTER (reason IS NULL)::INTEGER AS readable
    FROM read_parquet([${files.map((file) => `'${file}'`).join(", ")}], hive_partitioning = false)
    WHERE kind = 'event'`);
  const [row] = reader.getRowObjects();
  connection.closeSync();
  instance.closeSync();
  return row as unknown as Landed;
};

const sortedJson = (counts: object): string =>
  JSON.stringify(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));

/** @throws Error unless every event was counted as it must be, and landed once. */
export const verify = async (data: DataDirectory, { ledger }: ClickAnswers): Promise<void> => {
  const { rejected, ...counts } = await foldedCounts(data);
  const { events, accepted, duplicates } = ledger;
  const same =
    sortedJson(counts) === sortedJson({ events, accepted, duplicates }) &&
    sortedJson(rejected) === sortedJson(ledger.rejected);
  if (!same)
    throw new Error(`folded ${JSON.stringify({ ...counts, rejected })}, sent ${JSON.stringify(ledger)}`);
  const landed = await landedRows(data);
  const readable = accepted + duplicates;
  if (landed.rows !== events || landed.positions !== events || landed.readable !== readable)
    throw new Error(`landed ${JSON.stringify(landed)}, sent ${events}, of them readable ${readable}`);
};
